// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static dev.aegir.engine.http.NginxDirective.directive;
import static dev.aegir.engine.http.NginxDirective.fixed;
import static dev.aegir.engine.http.NginxValue.expression;
import static dev.aegir.engine.http.NginxValue.literal;

import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.VirtualHost;
import dev.aegir.model.VirtualHost.Disabled;
import dev.aegir.model.VirtualHost.Maintenance;
import dev.aegir.model.VirtualHost.PhpFpm;
import dev.aegir.model.VirtualHost.ReverseProxy;
import java.util.ArrayList;
import java.util.List;

/**
 * What a site's handler adds to its server.
 *
 * @param settings directives of the server
 * @param headers headers beside those of every site
 * @param locations what answers
 */
record NginxHandler(List<NginxDirective> settings, List<NginxDirective> headers, List<NginxDirective> locations) {
    /** Hidden files, which are for nobody, but for the directory that RFC 8615 made for everybody. */
    private static final NginxDirective HIDDEN =
            fixed("location", "~", "^/\\.(?!well-known/)|./\\.").with(fixed("return", "404"));

    private static final NginxDirective INDEX = fixed("index", "index.html", "index.htm");

    /**
     * A link may lead to what belongs to the same account. The root itself may be reached by any link: where it really lies is
     * proved before every reload.
     */
    private static final NginxDirective OWN_LINKS = fixed("disable_symlinks", "if_not_owner", "from=$document_root");

    private static final NginxDirective NOT_FOUND = fixed("error_page", "404", "/404.html");
    private static final NginxDirective FILES =
            fixed("location", "/").with(fixed("try_files", "$uri", "$uri/", "=404"));

    /** What would be taken for code. */
    static final String CODE = "\\.(?:php[0-9]?|phtml|phar|phps|inc)$";

    /**
     * What applications in PHP keep beside their pages without meaning it for anybody: packages (but not a page of that name)
     * and what lists them, templates, translations, dumps, logs, scripts, and the copies that editors leave behind.
     */
    private static final String INTERNAL = "^/(?:vendor|node_modules)/.*\\.[a-z0-9]+$"
            + "|/(?:composer|package)(?:-lock)?\\.(?:json|lock)$|/(?:yarn\\.lock|web\\.config|wp-config[^/]*)$"
            + "|\\.(?:ya?ml|twig|sql|sqlite3?|module|install|profile|theme|engine|make|po|mo|sh|log|ini|lock)"
            + "(?:\\.(?:gz|bz2|xz|zst|zip))?$"
            + "|\\.(?:bak|orig|save|old|sw[op]|rej|dist)$|[~#]$";

    /** Programs where only files or parts of programs are: uploads, packages, what is included. */
    private static final String NO_ENTRY =
            "/(?:files|uploads|vendor|node_modules|tests?|includes)/(?:.*/)?[^/]*\\.php$|^/sites/[^/]+/private/";

    /**
     * Of a size that PHP's records of 8192 bytes do not fill exactly before 8 MiB. Where they do, as with nginx's own sizes
     * (seen with 1.22), it takes the timer off a connection that still waits for more: then fastcgi_read_timeout does not
     * hold, and a worker that was told to finish its requests knows nothing of this one, so that a reload cuts it.
     */
    private static final String FASTCGI_BUFFER = "8200";

    static NginxHandler of(VirtualHost site, NginxSettings settings) {
        if (site.handler() instanceof PhpFpm php) {
            return php(site, php);
        } else if (site.handler() instanceof ReverseProxy proxy) {
            return proxy(proxy, settings);
        } else if (site.handler() instanceof Disabled) {
            return unavailable(settings.disabledPage(), "3600");
        } else if (site.handler() instanceof Maintenance) {
            return unavailable(settings.maintenancePage(), "300");
        }
        return files(site);
    }

    private static NginxHandler files(VirtualHost site) {
        return new NginxHandler(
                List.of(directive("root", literal(site.root().value())), INDEX, OWN_LINKS, NOT_FOUND),
                List.of(),
                NginxMounts.before(site, List.of(HIDDEN, FILES)));
    }

    private static NginxHandler php(VirtualHost site, PhpFpm php) {
        String socket = php.socket().value();
        if (socket.indexOf(':') >= 0) {
            throw new InvalidValueException("socket", socket, "nginx takes a : for the end of a socket's path");
        }
        List<NginxDirective> run = new ArrayList<>();
        // Only a file that is there: /picture.png/x.php would otherwise run picture.png.
        run.add(fixed("try_files", "$uri", "=404"));
        run.add(directive("fastcgi_pass", literal("unix:" + socket)));
        run.addAll(fastcgi());
        return new NginxHandler(
                List.of(
                        // No disable_symlinks here: applications link from the release to files of another account.
                        directive("root", literal(site.root().value())),
                        fixed("index", "index.php", "index.html", "index.htm"),
                        directive("client_max_body_size", literal(php.upload() + "m"))),
                List.of(),
                NginxMounts.before(
                        site,
                        List.of(
                                HIDDEN,
                                fixed("location", "~*", INTERNAL).with(fixed("return", "404")),
                                fixed("location", "~*", NO_ENTRY).with(fixed("return", "404")),
                                fixed("location", "~", "\\.php$").with(run),
                                // Code that php-fpm would not run must not be shown instead.
                                fixed("location", "~*", CODE).with(fixed("return", "404")),
                                fixed("location", "/")
                                        .with(fixed("try_files", "$uri", "$uri/", "/index.php$is_args$args")))));
    }

    /** The parameters of a request, with the real path of the release so that a switched link is a different program. */
    private static List<NginxDirective> fastcgi() {
        return List.of(
                fixed("fastcgi_buffer_size", FASTCGI_BUFFER),
                fixed("fastcgi_buffers", "16", FASTCGI_BUFFER),
                fixed("fastcgi_param", "SCRIPT_FILENAME", "$realpath_root$fastcgi_script_name"),
                fixed("fastcgi_param", "DOCUMENT_ROOT", "$realpath_root"),
                fixed("fastcgi_param", "SCRIPT_NAME", "$fastcgi_script_name"),
                fixed("fastcgi_param", "DOCUMENT_URI", "$document_uri"),
                fixed("fastcgi_param", "REQUEST_URI", "$request_uri"),
                fixed("fastcgi_param", "REQUEST_METHOD", "$request_method"),
                fixed("fastcgi_param", "REQUEST_SCHEME", "$scheme"),
                fixed("fastcgi_param", "QUERY_STRING", "$query_string"),
                fixed("fastcgi_param", "CONTENT_TYPE", "$content_type"),
                fixed("fastcgi_param", "CONTENT_LENGTH", "$content_length"),
                fixed("fastcgi_param", "HTTPS", "$https", "if_not_empty"),
                fixed("fastcgi_param", "GATEWAY_INTERFACE", "CGI/1.1"),
                fixed("fastcgi_param", "SERVER_PROTOCOL", "$server_protocol"),
                fixed("fastcgi_param", "SERVER_SOFTWARE", "nginx"),
                fixed("fastcgi_param", "SERVER_NAME", "$host"),
                fixed("fastcgi_param", "SERVER_ADDR", "$server_addr"),
                fixed("fastcgi_param", "SERVER_PORT", "$server_port"),
                fixed("fastcgi_param", "REMOTE_ADDR", "$remote_addr"),
                fixed("fastcgi_param", "REMOTE_PORT", "$remote_port"),
                fixed("fastcgi_param", "REDIRECT_STATUS", "200"),
                // A client's Proxy header would become a setting of the program (CVE-2016-5385).
                fixed("fastcgi_param", "HTTP_PROXY", ""),
                fixed("fastcgi_hide_header", "X-Powered-By"));
    }

    private static NginxHandler proxy(ReverseProxy proxy, NginxSettings settings) {
        List<NginxDirective> pass = new ArrayList<>();
        boolean address = NginxSettings.isAddress(proxy.host()) || proxy.host().equals("localhost");
        if (address) {
            pass.add(directive("proxy_pass", literal("http://" + proxy.host() + ":" + proxy.port())));
        } else {
            // A name in proxy_pass is looked up when nginx starts: one that is gone by then would stop every site.
            String resolver = settings.resolver()
                    .orElseThrow(() -> new InvalidValueException(
                            "upstream",
                            proxy.host(),
                            "to find it by name, nginx needs the service's setting resolver (the address of a DNS"
                                    + " server); or write its address"));
            pass.add(directive("resolver", literal(resolver)));
            pass.add(directive("set", expression("$aegir_upstream"), literal(proxy.host())));
            pass.add(fixed("proxy_pass", "http://$aegir_upstream:" + proxy.port()));
        }
        pass.add(fixed("proxy_http_version", "1.1"));
        pass.add(fixed("proxy_set_header", "Host", "$host"));
        pass.add(fixed("proxy_set_header", "X-Real-IP", "$remote_addr"));
        pass.add(fixed("proxy_set_header", "X-Forwarded-For", "$proxy_add_x_forwarded_for"));
        pass.add(fixed("proxy_set_header", "X-Forwarded-Host", "$host"));
        pass.add(fixed("proxy_set_header", "X-Forwarded-Proto", "$scheme"));
        pass.add(fixed("proxy_set_header", "Upgrade", "$http_upgrade"));
        pass.add(fixed("proxy_set_header", "Connection", "$aegir_connection"));
        pass.add(fixed("proxy_set_header", "Proxy", ""));
        return new NginxHandler(
                List.of(), List.of(), List.of(fixed("location", "/").with(pass)));
    }

    private static NginxHandler unavailable(HostPath file, String seconds) {
        String page = "/" + file.name();
        return new NginxHandler(
                List.of(directive("error_page", expression("503"), literal(page))),
                List.of(
                        fixed("add_header", "Retry-After", seconds, "always"),
                        fixed("add_header", "Cache-Control", "no-store", "always")),
                List.of(
                        directive("location", expression("="), literal(page))
                                .with(
                                        fixed("internal"),
                                        directive("root", literal(file.parent().value()))),
                        fixed("location", "/").with(fixed("return", "503"))));
    }
}
