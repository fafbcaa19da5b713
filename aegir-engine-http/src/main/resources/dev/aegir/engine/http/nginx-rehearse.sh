# SPDX-License-Identifier: Apache-2.0
#
# Proves on the server itself that a site answers: with a page, a redirect, or a question for a password.
#
# $1 and $2 address and port to ask, $3 the host name to ask for, $4 the path.

if command -v bash >/dev/null; then
    ask() {
        # shellcheck disable=SC2016 # for that bash, not for this shell
        timeout 60 bash -c '
            exec 3<>"/dev/tcp/$1/$2" || exit
            printf "GET %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: Aegir\r\n\r\n" "$4" "$3" >&3
            IFS= read -r line <&3
            printf "%s\n" "${line%?}"
            while IFS= read -r line <&3; do :; done' aegir "$@" 2>&1
    }
elif command -v curl >/dev/null; then
    ask() { curl -q -s -S -g --noproxy '*' --max-time 60 -o /dev/null -w 'HTTP/1.1 %{http_code}\n' -H "Host: $3" "http://$1:$2$4" 2>&1; }
else
    printf '%s\n' "neither bash nor curl is there: $3 was not asked for"
    exit 0
fi

answer=$(ask "$@" | head -n 1)
case $answer in
    HTTP/*\ 2[0-9][0-9] | HTTP/*\ 2[0-9][0-9]\ * | HTTP/*\ 3[0-9][0-9] | HTTP/*\ 3[0-9][0-9]\ * | HTTP/*\ 401 | HTTP/*\ 401\ *)
        printf '%s\n' "$3$4 answered: $answer"
        ;;
    *)
        printf '%s\n' "$3$4 is not served as it should be: asked on the server itself, it answered" "${answer:-nothing}" >&2
        exit 1
        ;;
esac
