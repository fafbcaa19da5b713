// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.caddy;

import dev.aegir.host.Command;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Redirect;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.VirtualHost;
import dev.aegir.model.VirtualHost.Disabled;
import dev.aegir.model.VirtualHost.Maintenance;
import dev.aegir.model.VirtualHost.Mount;
import dev.aegir.model.VirtualHost.PhpFpm;
import dev.aegir.model.VirtualHost.ReverseProxy;
import dev.aegir.model.VirtualHost.StaticFiles;
import dev.aegir.spi.Engine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Serves sites with Caddy, which gets and renews their certificates itself.
 *
 * <p>Settings: {@code config}, Caddy's main file ({@code /etc/caddy/Caddyfile}); {@code sites}, a directory that is this
 * engine's alone ({@code /etc/caddy/aegir}); {@code https}, {@code off} to serve plain HTTP without certificates.
 */
public final class CaddyEngine implements Engine<VirtualHost> {
    /** For ServiceLoader. */
    public CaddyEngine() {}

    // tag::names[]
    @Override
    public ServiceKind<VirtualHost> kind() {
        return ServiceKind.HTTP;
    }

    @Override
    public String name() {
        return "caddy";
    }
    // end::names[]

    // tag::prepare[]
    @Override
    public List<Step> prepare(ServiceRequest request) {
        Name server = request.server().name();
        return List.of(reloading("caddy: prepare " + server, server, request.settings())
                .write(config(request.settings()), "import " + word(sites(request.settings()) + "/*.caddy") + "\n")
                .build());
    }
    // end::prepare[]

    // tag::ensure[]
    @Override
    public List<Step> ensure(EngineRequest<VirtualHost> request) {
        VirtualHost site = request.resource();
        ConfigChange.Builder change = change("caddy: publish ", request)
                .write(siteFile(request), render(site, request.settings()), site.owner());
        if (site.handler() instanceof StaticFiles || site.handler() instanceof PhpFpm) {
            change.contained(site.root(), site.within());
        }
        return List.of(change.build());
    }

    @Override
    public List<Step> remove(EngineRequest<VirtualHost> request) {
        return List.of(change("caddy: withdraw ", request)
                .delete(siteFile(request), request.resource().owner())
                .build());
    }
    // end::ensure[]

    // tag::reloading[]
    private static ConfigChange.Builder change(String verb, EngineRequest<VirtualHost> request) {
        Name server = request.server().name();
        return reloading(verb + request.resource().title() + " on " + server, server, request.settings());
    }

    private static ConfigChange.Builder reloading(String name, Name server, Settings settings) {
        String config = config(settings).value();
        return ConfigChange.named(name, server)
                .check(Command.of("caddy", "validate", "--adapter", "caddyfile", "--config", config))
                .activate(Command.of("caddy", "reload", "--adapter", "caddyfile", "--config", config));
    }
    // end::reloading[]

    // tag::render[]
    private static String render(VirtualHost site, Settings settings) {
        String scheme = settings.text("https").equals(Optional.of("off")) ? "http://" : "";
        Stream<DomainName> names = Stream.concat(Stream.of(site.name()), site.aliases().stream());
        List<String> directives =
                new ArrayList<>(List.of("root * " + word(site.root().value()), "encode zstd gzip"));
        if (!site.indexed()) {
            directives.add("header X-Robots-Tag noindex");
        }
        for (Redirect redirect : site.redirects()) {
            String status = redirect.permanent() ? " 301" : " 302";
            directives.add("redir " + word(redirect.path()) + " "
                    + word(redirect.target().toString()) + status);
        }
        directives.add("@hidden expression `path('*/.*') && !path('/.well-known/*')`");
        directives.add("error @hidden 404");
        if (site.handler() instanceof StaticFiles || site.handler() instanceof PhpFpm) {
            for (Mount mount : site.mounts()) {
                String root = "root * " + word(mount.directory().value());
                directives.add("handle_path " + word(mount.path() + "/*") + " {\n" + root + "\nfile_server\n}");
            }
        }
        directives.addAll(handler(site.handler()));
        String file = "# " + site.owner() + " " + site.title() + "\n" + block(scheme, names, directives);
        if (!site.redirectedNames().isEmpty()) {
            String main = "redir {scheme}://" + site.name() + "{uri} 301";
            file += block(scheme, site.redirectedNames().stream(), List.of(main));
        }
        return file;
    }

    private static List<String> handler(VirtualHost.Handler handler) {
        if (handler instanceof PhpFpm php) {
            return List.of("php_fastcgi " + word("unix/" + php.socket()), "file_server");
        } else if (handler instanceof ReverseProxy proxy) {
            return List.of("reverse_proxy " + word(proxy.host() + ":" + proxy.port()));
        } else if (handler instanceof Disabled) {
            return List.of("header Retry-After 3600", "respond \"This site is disabled.\" 503");
        } else if (handler instanceof Maintenance) {
            return List.of("header Retry-After 300", "respond \"This site will be back soon.\" 503");
        }
        return List.of("file_server");
    }

    private static String block(String scheme, Stream<DomainName> names, List<String> directives) {
        String addresses = names.map(name -> scheme + name).collect(Collectors.joining(", "));
        return addresses + " {\n    " + String.join("\n    ", directives) + "\n}\n";
    }
    // end::render[]

    // tag::word[]
    /** One word of a Caddyfile: quoted, or refused where quotes do not keep Caddy from reading more into it. */
    private static String word(String value) {
        if (value.matches(".*[{}\"\\\\\\p{Cntrl}].*")) {
            throw new InvalidValueException(
                    "value for Caddy", value, "{ } \" \\ and control characters mean something");
        }
        return '"' + value + '"';
    }
    // end::word[]

    private static HostPath siteFile(EngineRequest<VirtualHost> request) {
        return sites(request.settings()).child(request.resource().owner() + ".caddy");
    }

    private static HostPath sites(Settings settings) {
        return settings.path("sites", "/etc/caddy/aegir");
    }

    private static HostPath config(Settings settings) {
        return settings.path("config", "/etc/caddy/Caddyfile");
    }
}
