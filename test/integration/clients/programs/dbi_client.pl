# Perl's DBI with DBD::mysql or DBD::MariaDB: runs the statements of all client programs and prints what it got.
use strict;
use warnings;
use utf8;
use DBI;
use JSON::PP;
use MIME::Base64;
use Encode;

my ($driver) = @ARGV;
my $option = lc $driver;
my $dsn = "DBI:$driver:host=127.0.0.1;port=$ENV{PORT};database=test";
my $client = DBI->connect($dsn, $ENV{DB_USER}, $ENV{DB_PASSWORD}, {
    RaiseError => 1, PrintError => 0, "${option}_server_prepare" => 1,
    $driver eq "mysql" ? (mysql_enable_utf8mb4 => 1) : (),
});
my %got;

sub plain {
    my ($value, $column) = @_;
    return undef unless defined $value;
    return { base64 => encode_base64($value, "") } if $column == 6;
    return "$value";
}

sub rows {
    my ($statement) = @_;
    return [map { my $row = $_; [map { plain($row->[$_], $_) } 0 .. $#$row] } @{ $statement->fetchall_arrayref }];
}

sub run {
    my ($sql, @values) = @_;
    my $statement = $client->prepare($sql);
    $statement->execute(@values);
    return $statement;
}

$got{text} = rows(run("SELECT /* text */ * FROM zoo_of_clients ORDER BY id"));
$got{prepared} = rows(run("SELECT /* prepared */ * FROM zoo_of_clients WHERE id <= ? ORDER BY id", 3));
$got{echo} = rows(run("SELECT /* echo */ ?, ?", "ünï \\ ' 😀", undef));
my $table = "batch_of_dbd_$option";
$client->do("DROP TABLE IF EXISTS $table");
$client->do("CREATE TABLE $table (n INT, words VARCHAR(40))");
$client->begin_work;
my $insert = $client->prepare("INSERT INTO $table VALUES (?, ?)");
$insert->execute($_, "Zeile $_ ü") for 0 .. 99;
$client->commit;
$client->begin_work;
$insert->execute(1000, "undone");
$client->rollback;
$got{count} = rows(run("SELECT /* count */ COUNT(*), MAX(n) FROM $table"));
eval { run("SELECT /* error */ * FROM nowhere"); 1 } or $got{error} = [["" . $client->err]];
$got{large} = [map { ["" . length $_->[0]] } @{ run("SELECT /* large */ REPEAT('L', 3000000)")->fetchall_arrayref }];
$client->disconnect;
print JSON::PP->new->utf8->encode(\%got), "\n";
