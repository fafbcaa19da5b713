// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.examples.Browser.Page;
import java.util.List;
import java.util.Map;

/**
 * A WordPress as people set it up, with nginx, php-fpm and MariaDB, on the first server of a lab.
 *
 * @param lab the lab
 */
record HandMadeBlog(WordPressLab lab) {
    static final String NAME = "blog.example.net";
    static final String CODE = "/opt/applications/wordpress-6.8";
    static final String ROOT = "/var/www/blog";
    static final String UPLOADS = ROOT + "/wp-content/uploads";

    String root(String script) {
        return lab.web1.exec("sh", "-ec", script).orThrow().stdout();
    }

    String www(String script) {
        return lab.web1
                .exec("runuser", "-u", "www-data", "--", "sh", "-ec", script)
                .orThrow()
                .stdout();
    }

    /** As people do it, with the installer that WordPress brings. */
    void setUp(String prefix) throws Exception {
        root("cp -a " + CODE + " " + ROOT + " && mkdir " + UPLOADS + " && chown www-data: " + UPLOADS + " && cd " + ROOT
                + " && sed -e s/database_name_here/handmade/ -e s/username_here/ann/ -e 's/password_here/by hand/' -e \"s/'wp_'/'"
                + prefix + "'/\""
                + " wp-config-sample.php >wp-config.php && chgrp www-data wp-config.php && chmod 0640 wp-config.php");
        lab.sql("CREATE DATABASE handmade; CREATE USER ann@localhost IDENTIFIED BY 'by hand';"
                + " GRANT ALL ON handmade.* TO ann@localhost;");
        lab.web1
                .execWithInput("""
                        [handmade]
                        user = www-data
                        group = www-data
                        listen = /run/php/handmade.sock
                        listen.owner = www-data
                        pm = ondemand
                        pm.max_children = 4
                        """, "tee", "/etc/php/8.2/fpm/pool.d/handmade.conf")
                .orThrow();
        lab.web1.execWithInput("""
                        server {
                            listen 80;
                            server_name blog.example.net;
                            root /var/www/blog;
                            index index.php;
                            add_header X-Set-Up by-hand;
                            location / { try_files $uri $uri/ /index.php?$args; }
                            location ~ \\.php$ {
                                include snippets/fastcgi-php.conf;
                                fastcgi_pass unix:/run/php/handmade.sock;
                            }
                        }
                        """, "tee", "/etc/nginx/sites-available/blog").orThrow();
        root(
                "ln -s ../sites-available/blog /etc/nginx/sites-enabled/blog && systemctl restart php8.2-fpm && nginx -t -q"
                        + " && systemctl restart nginx");
        Page installed = lab.browser(NAME)
                .post(
                        "/wp-admin/install.php?step=2",
                        Map.of(
                                "weblog_title", "Written by hand",
                                "user_name", "ann",
                                "admin_password", "long enough for it",
                                "admin_password2", "long enough for it",
                                "admin_email", "ann@example.net",
                                "blog_public", "1",
                                "language", ""));
        assertThat(installed.status()).as(installed.body()).isEqualTo(200);
        lab.sql("USE handmade; INSERT INTO " + prefix
                + "posts (post_title, post_content, post_excerpt, to_ping, pinged,"
                + " post_content_filtered) SELECT CONCAT('note ', seq), 'x', '', '', '', '' FROM seq_1_to_50;");
        www(
                "mkdir " + UPLOADS + "/2026 && cd " + UPLOADS
                        + "/2026 && for i in 1 2 3 4 5; do echo picture $i >p$i.txt; done"
                        + " && ln p1.txt hard.txt && ln -s p2.txt soft.txt && chmod 0600 p3.txt && echo '<?php touch(\"/tmp/evil\");' >e.php");
        assertThat(lab.browser(NAME).get("/").body()).contains("Written by hand");
    }

    /** All that makes the old site what it is. */
    List<String> asItWas(String prefix) {
        return List.of(
                lab.sql("CHECKSUM TABLE handmade.%sposts, handmade.%susers, handmade.%susermeta, handmade.%sterms"
                        .replace("%s", prefix)),
                root("find " + ROOT + " -printf '%p %y %m %u %g %T@ %s %l\\n' | sort | sha256sum;"
                        + " sha256sum /etc/nginx/sites-available/blog /etc/php/8.2/fpm/pool.d/handmade.conf;"
                        + " readlink /etc/nginx/sites-enabled/blog"));
    }
}
