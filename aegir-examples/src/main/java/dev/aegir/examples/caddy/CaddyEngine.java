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
import dev.aegir.model.VirtualHost.PhpFpm;
import dev.aegir.model.VirtualHost.ReverseProxy;
import dev.aegir.spi.Engine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.Step;
import java.util.List;
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
        if (!(site.handler() instanceof ReverseProxy) && !(site.handler() instanceof Disabled)) {
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
        String scheme = "off".equals(settings.text("https").orElse("on")) ? "http://" : "";
        Stream<DomainName> names = Stream.concat(Stream.of(site.name()), site.aliases().stream());
        StringBuilder out = new StringBuilder("# " + site.owner() + " " + site.title() + "\n");
        out.append(addresses(scheme, names)).append(" {\n");
        out.append("    root * ").append(word(site.root().value())).append("\n");
        out.append("    encode zstd gzip\n");
        out.append(site.indexed() ? "" : "    header X-Robots-Tag noindex\n");
        for (Redirect redirect : site.redirects()) {
            String target = word(redirect.target().toString());
            out.append(
                    "    redir " + word(redirect.path()) + " " + target + (redirect.permanent() ? " 301\n" : " 302\n"));
        }
        out.append("    @hidden {\n        path */.*\n        not path /.well-known/*\n    }\n    error @hidden 404\n");
        out.append(handler(site.handler())).append("}\n");
        if (!site.redirectedNames().isEmpty()) {
            out.append(addresses(scheme, site.redirectedNames().stream()));
            out.append(" {\n    redir {scheme}://" + site.name() + "{uri} 301\n}\n");
        }
        return out.toString();
    }

    private static String handler(VirtualHost.Handler handler) {
        if (handler instanceof PhpFpm php) {
            return "    php_fastcgi " + word("unix/" + php.socket()) + "\n    file_server\n";
        } else if (handler instanceof ReverseProxy proxy) {
            return "    reverse_proxy " + word(proxy.host() + ":" + proxy.port()) + "\n";
        } else if (handler instanceof Disabled) {
            return "    header Retry-After 3600\n    respond \"This site is disabled.\" 503\n";
        }
        return "    file_server\n";
    }

    private static String addresses(String scheme, Stream<DomainName> names) {
        return names.map(name -> scheme + name).collect(Collectors.joining(", "));
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
