# SPDX-License-Identifier: Apache-2.0
#
# A Debian server as an administrator would have it: systemd, OpenSSH, sudo, web servers, databases, PHP.
#
# bin/lab builds it with this file on standard input and no build context, so that the hash of this file names the image.
# Add servers in further RUN layers below: what is built above them stays cached. Keep each layer in the same form.

# The next Debian's PHP, which knows nothing of this Debian's libraries: its own libraries and dynamic linker lie in a
# directory of their own, everything else where its packages have it, so that two versions are there side by side.
FROM debian:bookworm AS php
RUN for list in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do \
        [ ! -e "$list" ] || sed 's/bookworm/trixie/g' "$list" >"/etc/apt/sources.list.d/trixie.${list##*.}"; \
    done && apt-get -qq update && \
    apt-get -qq -y --no-install-recommends --download-only -t trixie install \
        php8.4-cli php8.4-curl php8.4-fpm php8.4-gd php8.4-intl php8.4-mbstring php8.4-mysql php8.4-pgsql php8.4-xml \
        php8.4-zip && \
    mkdir -p /packages /out/opt/php8.4 /out/usr/bin /out/usr/sbin /out/usr/lib/php /out/usr/lib/systemd/system \
        /out/etc/php && \
    for file in /var/cache/apt/archives/*.deb; do dpkg -x "$file" /packages; done && \
    cp -a /packages/usr/lib/x86_64-linux-gnu /out/opt/php8.4/lib && cp /packages/usr/lib64/ld-linux* /out/opt/php8.4/ && \
    rm -rf /out/opt/php8.4/lib/gconv /out/opt/php8.4/lib/perl* && \
    cp -a /packages/usr/lib/php/2* /packages/usr/lib/php/8.4 /out/usr/lib/php/ && cp -a /packages/etc/php/8.4 /out/etc/php/ && \
    cp -a /packages/usr/lib/systemd/system/php8.4-fpm.service /out/usr/lib/systemd/system/ && \
    cp -a /packages/usr/sbin/php-fpm8.4 /out/opt/php8.4/php-fpm && cp -a /packages/usr/bin/php8.4 /out/opt/php8.4/php && \
    for of in "cli bin/php8.4 php" "fpm sbin/php-fpm8.4 php-fpm"; do \
        set -- $of && mkdir -p "/out/etc/php/8.4/$1/conf.d" && cp /packages/usr/lib/php/8.4/php.ini-production "/out/etc/php/8.4/$1/php.ini" && \
        printf '%s\n' '#!/bin/sh' "exec /opt/php8.4/ld-linux-x86-64.so.2 --library-path /opt/php8.4/lib --argv0 \"\$0\" /opt/php8.4/$3 \"\$@\"" >"/out/usr/$2" && \
        chmod 755 "/out/usr/$2" && \
        for extension in /out/usr/lib/php/2*/*.so; do \
            extension=$(basename "$extension" .so) && case $extension in \
                opcache) printf 'zend_extension=opcache.so\n' >"/out/etc/php/8.4/$1/conf.d/10-opcache.ini" ;; \
                mysqlnd | pdo | xml | dom) printf 'extension=%s.so\n' "$extension" >"/out/etc/php/8.4/$1/conf.d/10-$extension.ini" ;; \
                *) printf 'extension=%s.so\n' "$extension" >"/out/etc/php/8.4/$1/conf.d/20-$extension.ini" ;; \
            esac; \
        done; \
    done

# Real applications, of this Debian and the next, as their code is without links to libraries elsewhere.
FROM debian:bookworm AS applications
RUN for list in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do \
        [ ! -e "$list" ] || sed 's/bookworm/trixie/g' "$list" >"/etc/apt/sources.list.d/trixie.${list##*.}"; \
    done && apt-get -qq update && \
    unpack() { \
        mkdir -p /packages "/opt/applications/$2" && cd /packages && \
        apt-get -qq -y --no-install-recommends --download-only -t "$1" -o Dir::Cache::archives=/packages install "$3" "$4" && \
        for file in *.deb; do \
            case $file in wordpress* | libjs-* | php-* | node-*) dpkg --fsys-tarfile "$file" | tar -x --keep-directory-symlink -C / ./usr/share ;; esac; \
        done && \
        cd / && mkdir -p /var/lib/wordpress/wp-content && find /usr/share/wordpress -xtype l -delete && cp -rL /usr/share/wordpress/. "/opt/applications/$2" && \
        rm -rf /packages /usr/share/wordpress /var/lib/wordpress /usr/share/javascript /usr/share/php "/opt/applications/$2/wp-config.php"; \
    } && \
    unpack bookworm wordpress-6.1 wordpress wordpress-theme-twentytwentythree && \
    unpack trixie wordpress-6.8 wordpress wordpress-theme-twentytwentyfive && \
    ls /opt/applications/*/wp-content/themes

FROM debian:bookworm

# systemd recognises by this variable that it is in a container.
ENV container=docker

# dpkg without fsync, documentation and translations: nobody reads them here, and they cost half of the time and space.
# No service may start while the image is built; the file that forbids it is removed in the last layer.
RUN printf '%s\n' force-unsafe-io 'path-exclude=/usr/share/man/*' 'path-exclude=/usr/share/locale/*' \
        'path-exclude=/usr/share/doc/*' 'path-include=/usr/share/doc/*/copyright' >/etc/dpkg/dpkg.cfg.d/lab && \
    printf '%s\n' '#!/bin/sh' 'exit 101' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d

RUN export DEBIAN_FRONTEND=noninteractive && apt-get -qq update && \
    apt-get -qq -y --no-install-recommends install \
        systemd systemd-sysv dbus openssh-server sudo \
        acl ca-certificates curl git iproute2 procps python3 rsync tar unzip zstd \
        caddy nginx && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log

RUN export DEBIAN_FRONTEND=noninteractive && apt-get -qq update && \
    apt-get -qq -y --no-install-recommends install mariadb-server postgresql && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log

RUN export DEBIAN_FRONTEND=noninteractive && apt-get -qq update && \
    apt-get -qq -y --no-install-recommends install \
        composer php8.2-cli php8.2-curl php8.2-fpm php8.2-gd php8.2-intl php8.2-mbstring php8.2-mysql php8.2-pgsql \
        php8.2-xml php8.2-zip && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log

COPY --from=php /out/ /
COPY --from=applications /opt/applications/ /opt/applications/

RUN export DEBIAN_FRONTEND=noninteractive && apt-get -qq update && \
    apt-get -qq -y --no-install-recommends install age borgbackup restic && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log

RUN export DEBIAN_FRONTEND=noninteractive && apt-get -qq update && \
    apt-get -qq -y --no-install-recommends install xfsprogs && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log

# What the server of MySQL needs that tests bring along: Debian has none.
RUN export DEBIAN_FRONTEND=noninteractive && apt-get -qq update && \
    apt-get -qq -y --no-install-recommends install libaio1 libnuma1 && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log

# --- further servers: one RUN layer each, in the form of the ones above ---

# Units that have no business in a container, and those that would do something on their own during a test.
# caddy and nginx both want port 80: nginx is the one that runs. Databases and PHP are started by those who want them.
RUN systemctl mask \
        console-getty.service getty.target getty-static.service systemd-logind.service systemd-remount-fs.service \
        systemd-udevd.service systemd-udev-trigger.service systemd-modules-load.service systemd-firstboot.service \
        systemd-networkd-wait-online.service systemd-timesyncd.service systemd-update-utmp.service \
        dev-hugepages.mount dev-mqueue.mount sys-fs-fuse-connections.mount sys-kernel-config.mount \
        sys-kernel-debug.mount sys-kernel-tracing.mount proc-sys-fs-binfmt_misc.automount \
        apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
        fstrim.timer phpsessionclean.timer systemd-tmpfiles-clean.timer && \
    systemctl disable caddy.service mariadb.service postgresql.service php8.2-fpm.service && \
    systemctl set-default multi-user.target

# Host keys and the machine id are made by each container when it first starts: no two servers share them. There are two
# kinds of host key, so that a client has something to negotiate, but not RSA, which would double the time of the start.
RUN rm -f /etc/ssh/ssh_host_* && : >/etc/machine-id && rm -f /var/lib/dbus/machine-id && \
    printf '%s\n' '#!/bin/sh' 'set -e' 'for type in ed25519 ecdsa; do' '    file=/etc/ssh/ssh_host_${type}_key' \
        '    [ -s "$file" ] || ssh-keygen -q -N "" -t "$type" -f "$file"' 'done' >/usr/local/sbin/make-host-keys && \
    chmod 755 /usr/local/sbin/make-host-keys && mkdir /etc/systemd/system/ssh.service.d && \
    printf '%s\n' '[Service]' 'ExecStartPre=' 'ExecStartPre=/usr/local/sbin/make-host-keys' \
        'ExecStartPre=/usr/sbin/sshd -t' >/etc/systemd/system/ssh.service.d/host-keys.conf && \
    printf '%s\n' 'HostKey /etc/ssh/ssh_host_ed25519_key' 'HostKey /etc/ssh/ssh_host_ecdsa_key' \
        >/etc/ssh/sshd_config.d/host-keys.conf && \
    useradd --create-home --shell /bin/bash deploy && \
    printf '%s\n' 'deploy ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/deploy && chmod 440 /etc/sudoers.d/deploy && \
    install -d -m 700 /root/.ssh && install -d -m 700 -o deploy -g deploy /home/deploy/.ssh && \
    rm -f /usr/sbin/policy-rc.d

EXPOSE 22 80 443
STOPSIGNAL SIGRTMIN+3
CMD ["/lib/systemd/systemd"]
