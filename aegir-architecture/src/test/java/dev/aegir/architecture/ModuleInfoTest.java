// SPDX-License-Identifier: Apache-2.0
package dev.aegir.architecture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our modules as Java's modules. All other tests run them from the class path, where a missing line of {@code module-info}
 * is not seen.
 */
class ModuleInfoTest {
    private static final Pattern SERVICE_FILE = Pattern.compile("META-INF/services/[^/]+");
    private static final String CORE = "dev.aegir.core";

    private final ModuleFinder finder =
            ModuleFinder.of(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> Stream.of("aegir-", "jackson-", "jakarta.inject", "jspecify", "slf4j-")
                            .anyMatch(entry::contains))
                    .map(Path::of)
                    .toArray(Path[]::new));

    private final ClassLoader core = coreAsModule();

    @Test
    void exportsEverythingButItsInternals() {
        ModuleDescriptor descriptor = finder.find(CORE).orElseThrow().descriptor();

        Set<String> exported = descriptor.exports().stream()
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(toSet());

        assertThat(exported)
                .isEqualTo(descriptor.packages().stream()
                        .filter(name -> !name.startsWith("dev.aegir.internal"))
                        .collect(toSet()));
    }

    @Test
    void provideWhatTheirServiceFilesName() throws IOException {
        for (ModuleReference module : ours()) {
            Map<String, Set<String>> provided = module.descriptor().provides().stream()
                    .collect(toMap(ModuleDescriptor.Provides::service, provides -> Set.copyOf(provides.providers())));

            assertThat(provided).as("%s provides", module.descriptor().name()).isEqualTo(serviceFiles(module));
        }
    }

    @Test
    void opensAnInstance(@TempDir Path home) throws Exception {
        Class<?> aegir = load("dev.aegir.Aegir");
        Class<?> builder = load("dev.aegir.Aegir$Builder");
        Object begun = aegir.getMethod("builder").invoke(null);
        builder.getMethod("home", Path.class).invoke(begun, home);
        builder.getMethod("store", URI.class).invoke(begun, URI.create("memory:aegir"));
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(core);

        try (AutoCloseable opened = (AutoCloseable) builder.getMethod("open").invoke(begun)) {
            assertThat(opened.getClass().getModule().getName()).isEqualTo(CORE);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void storesWhatItKeeps() throws Exception {
        Class<?> form = load("dev.aegir.spi.StoredForm");
        Class<?> type = load("dev.aegir.task.VerifyServer");
        String stored = "{\"server\":\"web1\"}";

        Object task = form.getMethod("read", String.class, Class.class).invoke(null, stored, type);

        assertThat(form.getMethod("write", Object.class).invoke(null, task)).isEqualTo(stored);
    }

    private List<ModuleReference> ours() {
        List<ModuleReference> ours = finder.findAll().stream()
                .filter(module -> module.descriptor().name().startsWith("dev.aegir."))
                .filter(module -> !module.descriptor().isAutomatic())
                .toList();
        assertThat(ours).isNotEmpty();
        return ours;
    }

    private static Map<String, Set<String>> serviceFiles(ModuleReference module) throws IOException {
        Map<String, Set<String>> services = new HashMap<>();
        try (ModuleReader reader = module.open()) {
            for (String file :
                    reader.list().filter(SERVICE_FILE.asMatchPredicate()).toList()) {
                String lines = UTF_8.decode(reader.read(file).orElseThrow()).toString();
                services.put(
                        file.substring(file.lastIndexOf('/') + 1),
                        lines.lines().filter(line -> !line.isBlank()).collect(toSet()));
            }
        }
        return services;
    }

    private Class<?> load(String name) throws ClassNotFoundException {
        return core.loadClass(name);
    }

    private ClassLoader coreAsModule() {
        ModuleLayer boot = ModuleLayer.boot();
        Configuration resolved = boot.configuration().resolve(finder, ModuleFinder.of(), Set.of(CORE));
        return boot.defineModulesWithOneLoader(resolved, ClassLoader.getPlatformClassLoader())
                .findLoader(CORE);
    }
}
