// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.internal.tasks.Bounded;
import dev.aegir.internal.tasks.Half;
import dev.aegir.internal.tasks.Handlers;
import dev.aegir.internal.tasks.InPass;
import dev.aegir.internal.tasks.OnCopy;
import dev.aegir.internal.tasks.Renamed;
import dev.aegir.internal.tasks.Unseen;
import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import dev.aegir.task.RunSteps;
import dev.aegir.task.Step;
import dev.aegir.task.Task;
import dev.aegir.task.VerifySite;
import dev.aegir.task.WaitUntil;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is stored comes back equal, in this version of the program and in the next. */
class JsonTest {
    static Stream<Object> everythingStored() {
        return Stream.of(
                        Samples.tasks().stream().map(Samples::task),
                        Handlers.steps().stream().map(Samples::step),
                        Samples.others().stream())
                .flatMap(all -> all);
    }

    @ParameterizedTest
    @MethodSource("everythingStored")
    void comesBackEqual(Object value) {
        String json = Json.write(value);
        assertThat(json).doesNotContain("\n");
        Object back = Json.read(json, value.getClass());
        assertThat(back).isEqualTo(value);
        assertThat(Json.write(back)).isEqualTo(json);
    }

    /** A record without a handler can never be submitted, a step that is not declared never be stored. */
    @Test
    void everyTaskAndStepOfCoreIsDeclared() throws Exception {
        List<Class<?>> records = recordsOf("dev.aegir.task", "dev.aegir.internal.tasks");
        assertThat(records.stream().filter(Task.class::isAssignableFrom))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(Samples.tasks());
        // These are stored with the step that they hold, by the codec.
        records.removeAll(List.of(Renamed.class, Half.class, Bounded.class, InPass.class, Unseen.class, OnCopy.class));
        assertThat(records.stream().filter(Step.class::isAssignableFrom))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(new ArrayList<Class<?>>(Handlers.steps()));
    }

    private static List<Class<?>> recordsOf(String... packages) throws IOException, URISyntaxException {
        Path classes = Path.of(
                Task.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<Class<?>> records = new ArrayList<>();
        for (String name : packages) {
            try (Stream<Path> files = Files.list(classes.resolve(name.replace('.', '/')))) {
                files.map(file -> file.getFileName().toString())
                        .filter(file -> file.endsWith(".class") && !file.startsWith("package-info"))
                        .map(file -> named(name + "." + file.substring(0, file.length() - ".class".length())))
                        .filter(Class::isRecord)
                        .forEach(records::add);
            }
        }
        return records;
    }

    private static Class<?> named(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** The samples prove something only when nothing in them is left out. */
    @ParameterizedTest
    @MethodSource("everythingStored")
    void theSamplesAreWhole(Object value) {
        String json = Json.write(value);
        assertThat(json.replace("\"\",\"--\"", "").replace("\"values\":{}", ""))
                .doesNotContain("null", "[]", "{}", "\"\"");
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void membersOfASealedTypeComeBackAsThemselves(VirtualHost.Handler handler) {
        String json = Json.write(handler);
        assertThat(json).contains("\"@kind\":\"" + handler.getClass().getSimpleName() + "\"");
        assertThat(Json.read(json, VirtualHost.Handler.class)).isEqualTo(handler);
        assertThat(Json.read(json, handler.getClass())).isEqualTo(handler);
    }

    static List<VirtualHost.Handler> handlers() {
        return List.of(
                new VirtualHost.StaticFiles(),
                new VirtualHost.PhpFpm(HostPath.of("/run/a.sock")),
                new VirtualHost.ReverseProxy("[::1]", 8080),
                new VirtualHost.Disabled(),
                new VirtualHost.Maintenance());
    }

    @Test
    void everyMemberOfTheSealedTypeIsTried() {
        assertThat(handlers().stream().map(Object::getClass))
                .containsExactlyInAnyOrder(VirtualHost.Handler.class.getPermittedSubclasses());
    }

    record Small(Name name, Optional<DomainName> domain, Optional<List<Name>> names) {}

    @Test
    void anOptionalValueIsTheValueOrNullOrLeftOut() {
        Small none = new Small(Name.of("a"), Optional.empty(), Optional.empty());
        Small some = new Small(
                Name.of("a"),
                Optional.of(DomainName.of("a.example")),
                Optional.of(List.of(Name.of("b"), Name.of("c"))));
        assertThat(Json.write(some)).isEqualTo("{\"domain\":\"a.example\",\"name\":\"a\",\"names\":[\"b\",\"c\"]}");
        assertThat(Json.read(Json.write(some), Small.class)).isEqualTo(some);
        assertThat(Json.read(Json.write(none), Small.class)).isEqualTo(none);
        assertThat(Json.read("{\"name\":\"a\"}", Small.class)).isEqualTo(none);
    }

    @Test
    void whatIsUnknownIsIgnored() {
        assertThat(Json.read("{\"site\":\"a.example\",\"added\":{\"later\":[1]}}", VerifySite.class))
                .isEqualTo(new VerifySite("a.example"));
        assertThat(Json.read(
                        "{\"@kind\":\"ReverseProxy\",\"host\":\"a\",\"port\":1,\"added\":2}",
                        VirtualHost.Handler.class))
                .isEqualTo(new VirtualHost.ReverseProxy("a", 1));
    }

    record Sets(Set<String> words, Set<Name> names, Set<VirtualHost.Handler> handlers, Map<Name, Integer> numbers) {}

    /** A plan is approved by the hash of this text, maybe in another process. */
    @Test
    void equalValuesGiveEqualText() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            words.add("w" + i * 7919 % 1000);
        }
        Set<String> forth = new LinkedHashSet<>(words);
        Collections.reverse(words);
        Set<String> back = new LinkedHashSet<>(words);
        Map<Name, Integer> one = new LinkedHashMap<>();
        one.put(Name.of("b"), 1);
        one.put(Name.of("a"), 2);
        Map<Name, Integer> other = new LinkedHashMap<>();
        other.put(Name.of("a"), 2);
        other.put(Name.of("b"), 1);
        Set<VirtualHost.Handler> handlers = new HashSet<>(handlers());
        Sets left = new Sets(forth, Set.of(Name.of("x"), Name.of("y"), Name.of("z")), handlers, one);
        Sets right = new Sets(
                back,
                new LinkedHashSet<>(List.of(Name.of("z"), Name.of("y"), Name.of("x"))),
                new LinkedHashSet<>(handlers()),
                other);
        assertThat(left).isEqualTo(right);
        assertThat(Json.write(left)).isEqualTo(Json.write(right));
        assertThat(Json.read(Json.write(left), Sets.class)).isEqualTo(right);
    }

    /** This text is in stores that exist: it may gain something, but what is there keeps its name and its form. */
    @Test
    void theStoredFormStays() {
        assertThat(Json.write(new WaitUntil("wait", Samples.NOW)))
                .isEqualTo("{\"name\":\"wait\",\"until\":\"2026-03-04T05:06:07.000008Z\"}");
        assertThat(Json.write(Samples.SERVER))
                .isEqualTo(
                        "{\"address\":\"ssh://aegir@web1.example.net:2222?key=/etc/key\",\"credential\":\"ssh/web1\","
                                + "\"hostKey\":\"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU\","
                                + "\"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"name\":\"web1\",\"services\":[{\"engine\":\"nginx\","
                                + "\"kind\":\"http\",\"name\":\"front\",\"settings\":{\"values\":{\"port\":\"8080\"}}}]}");
        assertThat(Json.write(new VirtualHost.PhpFpm(HostPath.of("/run/a.sock"))))
                .isEqualTo("{\"@kind\":\"PhpFpm\",\"socket\":\"/run/a.sock\",\"upload\":32}");
        assertThat(Json.write(Duration.ofSeconds(90))).isEqualTo("\"PT1M30S\"");
        assertThat(Json.write(Instant.EPOCH)).isEqualTo("\"1970-01-01T00:00:00Z\"");
        assertThat(Json.write(Map.of(Name.of("a"), Optional.of(1), Name.of("b"), Optional.empty())))
                .isEqualTo("{\"a\":1,\"b\":null}");
    }

    @Test
    void theStoredFormDoesNotDependOnWhereTheProgramRuns() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr-TR"));
            for (Object value : everythingStored().toList()) {
                String json = Json.write(value);
                Locale.setDefault(Locale.forLanguageTag("ar-EG"));
                assertThat(Json.write(value)).isEqualTo(json);
                assertThat(Json.read(json, value.getClass())).isEqualTo(value);
                Locale.setDefault(Locale.forLanguageTag("tr-TR"));
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void whatIsStoredIsCheckedAgain() {
        assertThatThrownBy(() -> Json.read("{\"site\":\"not a name\"}", VerifySite.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(VerifySite.class.getName())
                .hasMessageContaining("domain name \"not a name\"");
        assertThatThrownBy(() -> Json.read("{\"@kind\":\"Nothing\"}", VirtualHost.Handler.class))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.read("{", Site.class)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.read("{}", Codebase.class)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.read("\"x\"", Id.class)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.read("null", Server.class)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.read("", Server.class)).isInstanceOf(IllegalArgumentException.class);
    }

    record Odd(List<Object> anything) {}

    @Test
    void whatCannotBeStoredSaysSo() {
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        assertThatThrownBy(() -> Json.write(new Odd(itself)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Odd.class.getName())
                .hasMessageContaining("cannot be stored");
    }

    @Test
    void textsAreChangedInPlace() {
        String json = "{\"a\":\"x\",\"b\":[\"x\",1234,{\"x\":\"x\"},null,true]}";
        assertThat(Json.withTexts(json, text -> text + "!"))
                .isEqualTo("{\"a\":\"x!\",\"b\":[\"x!\",1234,{\"x\":\"x!\"},null,true]}");
    }

    @Test
    void aStepThatNothingDeclaresIsNeitherStoredNorRead() {
        StepCodec codec = new StepCodec(new Registry(
                List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), Set.of(WaitUntil.class)));
        WaitUntil step = new WaitUntil("wait", Samples.NOW);
        StepCodec.Stored stored = codec.encode(step);
        assertThat(codec.decode(stored.type(), stored.json())).isEqualTo(step);
        assertThatThrownBy(() -> codec.encode(Samples.RUN_COMMAND))
                .hasMessageContaining("\"run it\"")
                .hasMessageContaining("RunCommand")
                .hasMessageContaining("steps()");
        assertThatThrownBy(() -> codec.decode("java.lang.Runtime", "{}"))
                .hasMessageContaining("java.lang.Runtime is not known any more");
        assertThatThrownBy(() -> codec.decode(stored.type(), "{\"until\":7}")).hasMessageContaining("cannot be read");
        assertThat(RunSteps.of("t", List.of(), step).steps().get(0).type()).isEqualTo(stored.type());
    }
}
