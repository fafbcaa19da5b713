# SPDX-License-Identifier: Apache-2.0
#
# A Debian server as an administrator would have it: systemd, OpenSSH, sudo and web servers.
#
# bin/lab builds it with this file on standard input and no build context, so that the hash of this file names the image.
# Add servers in further RUN layers below: what is built above them stays cached. Keep each layer in the same form.

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

# --- further servers: one RUN layer each, in the form of the one above ---

# Units that have no business in a container, and those that would do something on their own during a test.
# caddy and nginx both want port 80: nginx is the one that runs.
RUN systemctl mask \
        console-getty.service getty.target getty-static.service systemd-logind.service systemd-remount-fs.service \
        systemd-udevd.service systemd-udev-trigger.service systemd-modules-load.service systemd-firstboot.service \
        systemd-networkd-wait-online.service systemd-timesyncd.service systemd-update-utmp.service \
        dev-hugepages.mount dev-mqueue.mount sys-fs-fuse-connections.mount sys-kernel-config.mount \
        sys-kernel-debug.mount sys-kernel-tracing.mount proc-sys-fs-binfmt_misc.automount \
        apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
        fstrim.timer systemd-tmpfiles-clean.timer && \
    systemctl disable caddy.service && \
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
