// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Pool;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.spi.EngineRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pools for tests. */
final class PhpSamples {
    static final Service PHP = Service.of(ServiceKind.RUNTIME, "php-fpm");

    private PhpSamples() {}

    static Pool pool() {
        return pool(Samples.ID, "docs.example.net");
    }

    static Pool pool(Id id, String title) {
        return new Pool(
                id,
                title,
                id.account(),
                HostPath.of("/srv/aegir/sites/" + id),
                HostPath.of("/srv/aegir/code/docs/tree"),
                List.of("files", "private/tmp"),
                Map.of("APP_ENV", "production"),
                Settings.of(Map.of("memory", "256", "timezone", "Europe/Berlin")),
                Optional.of(new Pool.Cron(List.of("/usr/bin/php8.2", "/srv/aegir/code/docs/tree/cron.php"), 15)));
    }

    static Pool with(Pool p, Settings settings) {
        return new Pool(
                p.owner(),
                p.title(),
                p.account(),
                p.home(),
                p.code(),
                p.writable(),
                p.environment(),
                settings,
                p.cron());
    }

    static Pool with(Pool p, Map<String, String> environment) {
        return new Pool(
                p.owner(),
                p.title(),
                p.account(),
                p.home(),
                p.code(),
                p.writable(),
                environment,
                p.settings(),
                p.cron());
    }

    static Pool running(Pool p, String... words) {
        return running(p, Optional.of(new Pool.Cron(List.of(words), 1)));
    }

    static Pool running(Pool p, Optional<Pool.Cron> cron) {
        return new Pool(
                p.owner(),
                p.title(),
                p.account(),
                p.home(),
                p.code(),
                p.writable(),
                p.environment(),
                p.settings(),
                cron);
    }

    static EngineRequest<Pool> request(Pool pool, Server server, Service service) {
        return new EngineRequest<>(pool, server.offering(service), service);
    }
}
