/*
 * A server plugin for the tests: one more factor, a password that the client sends in clear (mysql_clear_password). Of the plugins
 * in MySQL's community edition those with passwords may be a first factor only, auth_socket asks nothing over the wire, and WebAuthn
 * needs a device. The password is what an account is given: IDENTIFIED WITH password_factor AS '…'. The declarations are those of
 * MySQL 9's mysql/plugin.h and mysql/plugin_auth.h, as far as they are read here.
 */
#include <string.h>

typedef struct Vio {
  int (*read_packet)(struct Vio *vio, unsigned char **packet);
  int (*write_packet)(struct Vio *vio, const unsigned char *packet, int length);
} Vio;

typedef struct {
  char *user_name;
  unsigned int user_name_length;
  const char *auth_string;
  unsigned long auth_string_length;
} ServerAuthInfo;

enum { authentication_plugin = 7, cr_ok = -1, cr_error = 0 };

static int authenticate(Vio *vio, ServerAuthInfo *info) {
  unsigned char *packet;
  if (vio->write_packet(vio, (const unsigned char *)"", 0) != 0) return cr_error;
  const int length = vio->read_packet(vio, &packet);
  if (length < 1 || packet[length - 1] != 0) return cr_error;
  const unsigned long password = (unsigned long)length - 1;
  return password == info->auth_string_length && memcmp(packet, info->auth_string, password) == 0 ? cr_ok : cr_error;
}

static int keep(char *out, unsigned int *out_length, const char *in, unsigned int in_length) {
  if (*out_length < in_length) return 1;
  memcpy(out, in, in_length);
  *out_length = in_length;
  return 0;
}

static int accept(char *const text, unsigned int length) {
  (void)text, (void)length;
  return 0;
}

static int no_salt(const char *text, unsigned int length, unsigned char *salt, unsigned char *salt_length) {
  (void)text, (void)length, (void)salt;
  *salt_length = 0;
  return 0;
}

static struct {
  int interface_version;
  const char *client_plugin;
  int (*authenticate_user)(Vio *, ServerAuthInfo *);
  int (*generate_authentication_string)(char *, unsigned int *, const char *, unsigned int);
  int (*validate_authentication_string)(char *const, unsigned int);
  int (*set_salt)(const char *, unsigned int, unsigned char *, unsigned char *);
  unsigned long flags;
  void *compare_password_with_hash;
} factor = {0x0201, "mysql_clear_password", authenticate, keep, accept, no_salt, 0, 0};

typedef struct {
  int type;
  void *info;
  const char *name, *author, *description;
  int license;
  void *init, *check_uninstall, *deinit;
  unsigned int version;
  void *status_variables, *system_variables, *reserved;
  unsigned long flags;
} Plugin;

int _mysql_plugin_interface_version_ = 0x010b;
int _mysql_sizeof_struct_st_plugin_ = sizeof(Plugin);
Plugin _mysql_plugin_declarations_[] = {
    {authentication_plugin, &factor, "password_factor", "Stenograph", "One more password", 1, 0, 0, 0, 0x0100, 0, 0, 0, 0},
    {0},
};
