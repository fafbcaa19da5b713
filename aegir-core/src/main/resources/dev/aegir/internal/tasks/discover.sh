# SPDX-License-Identifier: Apache-2.0
# Says what this machine has, one "name=value" a line. Only looks.
export LC_ALL=C PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
say() { [ -n "$2" ] && printf '%s=%s\n' "$1" "$2"; }
first() { head -n 1 | tr -d '\r' | cut -c 1-200; }
version() { # NAME COMMAND...: the first thing in its output that looks like a version. All are asked at once: each takes its time.
    name=$1; shift
    command -v "$1" >/dev/null 2>&1 || return 0
    {
        said=$("$@" 2>&1 </dev/null | grep -Eo '[0-9]+\.[0-9]+(\.[0-9]+)*([-+~][0-9A-Za-z.+~-]+)?' | first)
        say "software.$name" "${said:-present}"
    } &
}
say os "$(. /etc/os-release 2>/dev/null && printf '%s' "$PRETTY_NAME")"
say kernel "$(uname -r)"
say arch "$(uname -m)"
say hostname "$(uname -n)"
say addresses "$(hostname -I 2>/dev/null)"
say clock "$(date +%s)"
say account "$(id -un)"
say cpus "$(nproc 2>/dev/null)"
say memory.total-kb "$(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo 2>/dev/null)"
say memory.available-kb "$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo 2>/dev/null)"
for dir in / /srv /var; do
    say "disk.free-kb.$([ "$dir" = / ] && echo root || echo "${dir#/}")" "$(df -Pk "$dir" 2>/dev/null | awk 'NR == 2 { print $4 }')"
done
say init "$(cat /proc/1/comm 2>/dev/null)"
version nginx nginx -v
version apache apache2 -v
version caddy caddy version
version haproxy haproxy -v
version mariadb mariadbd --version
version postgresql psql --version
version php php -n --version
version bind named -v
version powerdns pdns_server --version
version git git --version
version tar tar --version
version rsync rsync --version
version zstd zstd --version
version curl curl --version
version restic restic version
version openssh ssh -V
version systemd systemctl --version
for fpm in /usr/sbin/php-fpm*; do
    [ -x "$fpm" ] && version "$(basename "$fpm")" "$fpm" -n -v
done
wait
exit 0
