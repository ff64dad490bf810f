/** `data/VERIFY.txt`: how to check a bundle without Stenograph. A test runs its lines as they are. */
export const verifyText = String.raw`HOW TO CHECK THIS BUNDLE BY HAND

"stenograph verify FILE" checks all of it, and much more than is written here.
These steps need nothing of Stenograph: only a POSIX shell with its usual
commands, sha256sum, jq (1.6 or later) and openssl (3.0 or later).

Unpack the ZIP into an empty folder, go into the folder that has bagit.txt in
it, and run the lines that are indented, in this order. What goes wrong says
so; where all is well, each step ends with a line that begins with "ok".

Take a ZIP from somebody you do not know for hostile: look at the names in it
(unzip -l) before you unpack it. None may be absolute or have ".." in it.


1. NOTHING CHANGED, NOTHING MISSING, NOTHING ADDED

The manifests list each file with its SHA-256.

    sha256sum --quiet -c tagmanifest-sha256.txt
    sha256sum --quiet -c manifest-sha256.txt
    listed=$(mktemp)
    cut -c 67- manifest-sha256.txt | LC_ALL=C sort > "$listed"
    find data -type f | LC_ALL=C sort | diff - "$listed"
    rm "$listed"
    echo "ok: the files are those of the manifest"


2. WHO SIGNED THE EXPORT

sig/export.sigstore.json is a DSSE envelope: what is signed is its payload,
with its type and lengths before it. check_envelope verifies one with the key
that it names, from data/device/keys.json.

    work=$(mktemp -d)
    check_envelope() {
      jq -r .dsseEnvelope.payload "$1" | openssl base64 -d -A > "$work/payload"
      jq -r '.dsseEnvelope.signatures[0].sig' "$1" | openssl base64 -d -A > "$work/sig"
      type=$(jq -r .dsseEnvelope.payloadType "$1")
      keyid=$(jq -r '.dsseEnvelope.signatures[0].keyid' "$1")
      jq -r --arg id "$keyid" '.keys[] | select(.keyId == $id) | .pem' data/device/keys.json > "$work/key.pem"
      { printf 'DSSEv1 %d %s %d ' "$(printf '%s' "$type" | wc -c)" "$type" "$(wc -c < "$work/payload")"; cat "$work/payload"; } > "$work/signed"
      case $(jq -r --arg id "$keyid" '.keys[] | select(.keyId == $id) | .publicKey.kty' data/device/keys.json) in
        OKP) openssl pkeyutl -verify -pubin -inkey "$work/key.pem" -rawin -in "$work/signed" -sigfile "$work/sig" > "$work/said" ;;
        EC) openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/sig" "$work/signed" > "$work/said" ;;
        *) echo "no key $keyid" > "$work/said"; false ;;
      esac || { echo "WRONG: $1: $(cat "$work/said")"; return 1; }
      echo "ok: $1 is signed by $keyid"
    }
    check_envelope sig/export.sigstore.json
    jq -r '.subject[] | .digest.sha256 + "  " + .name' "$work/payload" | sha256sum --quiet -c -
    jq -r '.predicate | "made \(.at / 1000000 | todate) by \(.exporter.name), device log at \(.checkpoint.size) entries"' "$work/payload"
    echo "ok: the manifests are those that were signed"

The id of a key is a digest of it (RFC 7638), so it cannot be given to another
key. COMPARE IT with the id that the owner of the recording computer tells you
by another way (Stenograph shows it; it is in evidence/device.json there): a
signature proves nothing as long as you do not know whose key it is.

    jq -r '.keys[] | select(.by == "device") | .publicKey.x' data/device/keys.json | while read -r x; do
      printf '{"crv":"Ed25519","kty":"OKP","x":"%s"}' "$x" | openssl dgst -sha256 -binary | openssl base64 | tr '+/' '-_' | tr -d '='
    done
    echo "ok: these are the ids of the device's keys"


3. WHEN IT WAS SIGNED, WHERE A TIMESTAMP WAS ASKED FOR

With the authority's root certificate, from the authority itself, as root.pem:
openssl ts -verify -in sig/export.tsr -data sig.bin -CAfile root.pem
where sig.bin is made by the next line. Without sig/export.tsr nobody but the
exporter vouches for the time.

    jq -r '.dsseEnvelope.signatures[0].sig' sig/export.sigstore.json | openssl base64 -d -A > "$work/sig.bin"
    if [ -f sig/export.tsr ]; then openssl ts -reply -in sig/export.tsr -text | grep -i 'time stamp'; fi
    echo "ok: the signature that the timestamp is over is in sig.bin"


4. EACH SESSION IS WHAT WAS SEALED WHEN IT ENDED

The events of a session are the lines of events.jsonl. Each names the hash of
the one before it; all are in a Merkle tree (RFC 6962): a leaf is the SHA-256
of a zero byte and the line, a node that of a one byte and the two below it.
The seal has the root, and is signed. (This takes a moment for each event.)

    bytes() { printf "$(printf '%s' "$1" | jq -Rrj 'def digit: if . > 96 then . - 87 else . - 48 end;
      explode | [range(0; length; 2) as $i | (.[$i] | digit) * 16 + (.[$i + 1] | digit)]
      | map("\\" + "\(. / 64 | floor)\(. / 8 % 8 | floor)\(. % 8)") | add')"; }
    hash() { sha256sum | cut -c 1-64; }
    node() { { printf '\001'; bytes "$1$2"; } | hash; }
    tree_root() {
      cp "$1" "$work/row"
      while [ "$(wc -l < "$work/row")" -gt 1 ]; do
        while read -r left; do
          if read -r right; then node "$left" "$right"; else echo "$left"; fi
        done < "$work/row" > "$work/above"
        mv "$work/above" "$work/row"
      done
      cat "$work/row"
    }
    check_session() {
      check_envelope "$1/seal.device.sigstore.json" || return 1
      root=$(jq -r .predicate.root "$work/payload")
      if [ -f "$1/seal.sigstore.json" ]; then check_envelope "$1/seal.sigstore.json" || return 1; fi
      before=null
      : > "$work/leaves"
      while IFS= read -r line; do
        prev=$(printf '%s' "$line" | jq -r .prev)
        [ "$prev" = "$before" ] || { echo "WRONG: an event of $1 does not follow the one before it"; return 1; }
        before=$({ printf '\000'; printf '%s' "$line"; } | hash)
        echo "$before" >> "$work/leaves"
      done < "$1/events.jsonl"
      [ "$(tree_root "$work/leaves")" = "$root" ] || { echo "WRONG: the events of $1 are not those that were sealed"; return 1; }
      echo "ok: $(wc -l < "$work/leaves" | tr -d ' ') events of $1 are those that were sealed"
    }
    for session in data/sessions/*; do check_session "$session" || break; done


5. WHAT WAS SAID AND WHAT CAME BACK

An event tells of its SQL, parameters and rows by commitments only, so that
parts can be withheld. disclosures.jsonl opens them: a commitment is the
SHA-256 of "stenograph.commitment.v1", a zero byte, the event's number and the
part's path, a zero byte, the 32 bytes of the salt, and the value as it stands
in the line. A withheld part has its commitment in place of salt and value.
The pieces of a statement's SQL are the leaves of a tree again, whose root is
in the event. check_sql does this for one event and prints the text.

    commitment() {
      withheld=$(printf '%s' "$1" | jq -r '.withheld // empty')
      if [ -n "$withheld" ]; then echo "$withheld"; return; fi
      { printf 'stenograph.commitment.v1\000'; printf '%s' "$1" | jq -j '"\(.n)/\(.path)"'; printf '\000'
        bytes "$(printf '%s' "$1" | jq -j .salt)"
        printf '%s' "$1" | sed -e 's/^{"n":[0-9]*,"path":"[^"]*","salt":"[0-9a-f]*","value"://' -e 's/}$//' | tr -d '\n'; } | hash
    }
    check_sql() {
      jq -c --argjson n "$2" 'select(.n == $n) | .sql // empty' "$1/events.jsonl" | jq -r .root > "$work/sql-root"
      grep "^{\"n\":$2,\"path\":\"sql/" "$1/disclosures.jsonl" > "$work/parts" || return 0
      while IFS= read -r part; do
        { printf '\000'; bytes "$(commitment "$part")"; } | hash
      done < "$work/parts" > "$work/leaves"
      [ "$(tree_root "$work/leaves")" = "$(cat "$work/sql-root")" ] || { echo "WRONG: the SQL of event $2 is not what was committed to"; return 1; }
      printf 'ok: event %s of %s: ' "$2" "$1"
      jq -j 'if .withheld then "<withheld>" else .value.text end' "$work/parts" | tr '[:cntrl:]' ' '
      echo
    }
    for session in data/sessions/*; do
      n=$(jq -r 'select(.kind == "statement" and .sql != null) | .n' "$session/events.jsonl" | head -n 1)
      if [ -n "$n" ]; then check_sql "$session" "$n" || break; fi
    done

(check_sql data/sessions/SESSION NUMBER does it for any other event.)


6. WHAT THIS DOES NOT SHOW

That nothing went to the database by another way, that the server did what it
answered, whose hands were on the keyboard, and that the recording computer's
clock was right. What data/redaction says was withheld is not in here.

    rm -r "$work"
`;
