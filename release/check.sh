#!/usr/bin/env bash
# Checks a packed release: release/check.sh dist/rhetor-VERSION-TARGET.tar.gz
#
# On Linux the program runs in a root that holds only the archive and one text: no C library, no /etc, no /proc, no
# network. That needs root, or a kernel that lets users create namespaces. Elsewhere it runs in an empty folder with an
# empty environment.
set -euo pipefail

archive="$1"
name="$(basename "$archive")"
name="${name%.tar.gz}"
name="${name%.zip}"
python="$(command -v python3 || command -v python)"
root="$(mktemp -d)"
trap 'rm -rf "$root"' EXIT

fail() {
  echo "check.sh: $*" >&2
  exit 1
}

case "$archive" in
  *.zip) "$python" -m zipfile -e "$archive" "$root" ;;
  *) tar -xzf "$archive" -C "$root" ;;
esac
printf '%s\n\n%s\n' 'The council voted 31 to 12 on Tuesday night to build the tram line, officials said.' \
  'Share on Facebook' > "$root/article.txt"

# Absolute paths, because the environment and with it the search path will be empty.
export PATH="$PATH:/usr/sbin:/sbin"
enter=()
if [ "$(uname -s)" = Linux ]; then
  [ "$(id -u)" = 0 ] || enter=("$(command -v unshare)" --map-root-user)
  enter+=("$(command -v chroot)" "$root")
fi

rhetor() {
  case "$(uname -s)" in
    Linux) env -i "${enter[@]}" "/$name/rhetor" "$@" ;;
    *) (cd "$root" && env -i "./$name/rhetor" "$@") ;;
  esac
}

# If the program itself fails, its own message says why.
version="$(rhetor --version)"
case "$name" in
  rhetor-"${version#rhetor }"-*) ;;
  *) fail "found version '$version' in $name" ;;
esac

records="$(rhetor score article.txt --explain 3)"
grep -q '"label":"report"' <<< "$records" || fail "no paragraph labelled: $records"
grep -q '"reason":"share"' <<< "$records" || fail "no boilerplate dropped: $records"
[ "$(rhetor score - < "$root/article.txt" | wc -l)" -eq 2 ] || fail "standard input gave other records"

# The first command of README.md, in the folder of the archive.
first="$(sed -n 's/^    .*\(score seeds\/samples\)$/\1/p' "$root/$name/README.md" | head -n 1)"
[ -n "$first" ] || fail "README.md has no command that scores seeds/samples"
[ "$(rhetor score "$name/seeds/samples" | wc -l)" -gt 100 ] || fail "the samples gave too few records"

rhetor score article.txt -o scores.parquet
[ -s "$root/scores.parquet" ] || fail "no Parquet table was written"
printf '<rss><channel><item><description>%s</description></item></channel></rss>' \
  "$(head -n 1 "$root/article.txt")" > "$root/feed.rss"
[ "$(rhetor score feed.rss | wc -l)" -eq 1 ] || fail "a feed gave other records"

# The server, which the Dockerfile starts in the same way. Python asks, because the root holds no other program.
rhetor serve --port 0 2> "$root/serve.txt" &
server=$!
for _ in $(seq 100); do
  url="$(sed -n 's/.*listening on \(http:.*\)/\1/p' "$root/serve.txt")"
  [ -z "$url" ] || break
  sleep 0.1
done
[ -n "$url" ] || fail "the server does not start: $(cat "$root/serve.txt")"
"$python" - "$url" "$root/article.txt" <<'EOF' || fail "the server gave no label"
import sys, urllib.request
url, article = sys.argv[1:]
request = urllib.request.Request(f"{url}v1/score", open(article, "rb").read(), {"Content-Type": "text/plain"})
sys.exit(b'"label":"report"' not in urllib.request.urlopen(request).read())
EOF
kill "$server"
wait "$server" 2> /dev/null || [ "$(uname -s)" != Linux ] || fail "the server did not end well"
rhetor inspect > "$root/inspect.txt"
grep -q 'corpus SHA-256' "$root/inspect.txt" || fail "no model card"
rhetor man > "$root/rhetor.1"
cmp "$root/rhetor.1" "$root/$name/share/man/man1/rhetor.1"

code=0
message="$(rhetor score nowhere.txt 2>&1)" || code=$?
[ "$code" -eq 2 ] || fail "a missing file: exit code $code, expected 2"
grep -q 'nowhere.txt: cannot read' <<< "$message" || fail "a missing file: $message"

for file in README.md CHANGELOG.md CITATION.cff LICENSE-MIT LICENSE-APACHE THIRD-PARTY.txt models/README.md \
  seeds/README.md share/man/man1/rhetor-score.1 share/completions/rhetor.bash \
  $(grep -o ']([A-Za-z][^):#]*' "$root/$name/README.md" | cut -c 3-); do
  [ -s "$root/$name/$file" ] || [ -d "$root/$name/$file" ] || fail "the archive has no $file"
done
echo "$name: complete, and it runs"
