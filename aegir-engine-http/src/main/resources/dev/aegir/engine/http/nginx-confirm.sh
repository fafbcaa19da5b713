# SPDX-License-Identifier: Apache-2.0
#
# Proves on the server itself that nginx runs and serves the configuration that a file holds.
#
# $1 nginx's pid file, $2 the file, $3 the generation it was given, $4 and $5 address and port to ask, $6 the host name to
# ask for, $7 the path that answers with the generation.

pid_file=$1
file=$2
generation=$3
address=$4
port=$5
name=$6
path=$7

master=none
title=
{ IFS= read -r master <"$pid_file"; } 2>/dev/null || :
{ IFS= read -r title <"/proc/$master/cmdline"; } 2>/dev/null || :
case $title in
    "nginx: master process"*) ;;
    *)
        printf '%s\n' "nginx does not run (by $pid_file). Start it: systemctl start nginx" >&2
        exit 1
        ;;
esac

if ! grep -qF -e "$generation" "$file"; then
    printf '%s\n' "$file is kept as somebody else wrote it: what it serves is not checked"
    exit 0
fi

# The last line of the answer, which is the body.
if command -v bash >/dev/null; then
    ask() {
        # shellcheck disable=SC2016 # for that bash, not for this shell
        timeout 3 bash -c '
            exec 3<>"/dev/tcp/$1/$2" || exit
            printf "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n" "$4" "$3" >&3
            last=
            while IFS= read -r line <&3 || [ -n "$line" ]; do last=$line; done
            printf "%s\n" "$last"' aegir "$address" "$port" "$name" "$path" 2>&1
    }
elif command -v curl >/dev/null; then
    case $address in *:*) address="[$address]" ;; esac
    ask() { curl -q -s -S -g --noproxy '*' --max-time 3 -H "Host: $name" "http://$address:$port$path" 2>&1 | tail -n 1; }
else
    printf '%s\n' "neither bash nor curl is there: nginx has new workers, but was not asked for $name"
    exit 0
fi

tries=0
until answer=$(ask) && [ "$answer" = "$generation" ]; do
    tries=$((tries + 1))
    if [ "$tries" -ge 20 ]; then
        printf '%s\n' "$name is not served as $file says: $address:$port$path answered" \
            "$(printf '%s' "$answer" | head -c 300)" \
            "Another file may serve that name (look for it with: nginx -T), or does not include this one." >&2
        exit 1
    fi
    sleep 0.05 # a worker of the configuration before may still have taken this one
done
exit 0
