// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.caddy;

// tag::contract[]
import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Redirect;
import dev.aegir.model.VirtualHost;
import dev.aegir.model.VirtualHost.PhpFpm;
import dev.aegir.model.VirtualHost.StaticFiles;
import dev.aegir.spi.Engine;
import dev.aegir.testkit.EngineContract;
import dev.aegir.testkit.FakeHost;
import java.util.List;

class CaddyEngineTest extends EngineContract<VirtualHost> {
    private static final Id DOCS = Id.next();
    private static final Id WIKI = Id.next();

    @Override
    protected Engine<VirtualHost> engine() {
        return new CaddyEngine();
    }

    @Override
    protected VirtualHost sample() {
        return site(DOCS, "docs.example.net", List.of(DomainName.of("help.example.net")), new StaticFiles());
    }

    @Override
    protected VirtualHost changed() {
        return site(DOCS, "docs.example.net", List.of(), new PhpFpm(HostPath.of("/run/php/docs.sock")));
    }

    @Override
    protected VirtualHost neighbour() {
        return site(WIKI, "wiki.example.net", List.of(), new StaticFiles());
    }

    @Override
    protected void given(FakeHost host, VirtualHost site) {
        host.directory(site.root().value());
    }

    @Override
    protected void verify(FakeHost host, VirtualHost site) {
        String file = host.text("/etc/caddy/aegir/" + site.owner() + ".caddy").orElseThrow();
        assertThat(file).contains("    root * \"" + site.root() + "\"\n");
        // Whatever the values are, blocks begin and end where they do for harmless ones.
        assertThat(file.replaceAll("\\{scheme}|\\{uri}| \\{\n|\n *}\n", "")).doesNotContain("{", "}");
    }

    private static VirtualHost site(Id id, String name, List<DomainName> aliases, VirtualHost.Handler handler) {
        return new VirtualHost(
                id,
                DomainName.of(name),
                aliases,
                List.of(DomainName.of("www." + name)),
                List.of(Redirect.of("/old", "/new")),
                HostPath.of("/srv/" + name + "/web"),
                HostPath.of("/srv/" + name),
                handler,
                true);
    }
}
// end::contract[]
