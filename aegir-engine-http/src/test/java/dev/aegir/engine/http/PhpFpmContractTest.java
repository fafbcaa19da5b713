// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.engine.http.HostState.What;
import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Pool;
import dev.aegir.model.Settings;
import dev.aegir.spi.Engine;
import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.EngineContract;
import dev.aegir.testkit.FakeHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What every engine must keep, on a host whose php-fpm, systemd and accounts are modelled by facts. */
class PhpFpmContractTest extends EngineContract<Pool> {
    private static final PhpSettings SETTINGS = PhpSettings.of(Settings.none());
    private static final Id NEIGHBOUR = Id.of("01JYYYYYYYYYYYYYYYYYYYYYYY");
    private static final String UNITS = "/etc/systemd/system/";

    @Override
    protected Engine<Pool> engine() {
        return new PhpFpmEngine();
    }

    @Override
    protected Pool sample() {
        return PhpSamples.pool();
    }

    /** What can be written stays: a directory that is no longer named may have files in it. */
    @Override
    protected Pool changed() {
        Pool other = PhpSamples.with(
                PhpSamples.with(sample(), Settings.none().with("memory", "512")), Map.of("APP_ENV", "it's new"));
        return PhpSamples.running(other, Optional.empty());
    }

    @Override
    protected Pool neighbour() {
        return PhpSamples.pool(NEIGHBOUR, "neighbour.example.net");
    }

    @Override
    protected boolean removesForGood() {
        return true;
    }

    @Override
    protected Map<String, Pool> refused() {
        return Map.of(
                "an environment with a variable of php-fpm", PhpSamples.with(sample(), Map.of("A", "$pool")),
                "a setting there is not",
                        PhpSamples.with(sample(), Settings.none().with("extension", "evil.so")));
    }

    @Override
    protected List<HostPath> territory() {
        return List.of(SETTINGS.pools(), SETTINGS.bootFile(), SETTINGS.dropIn(), HostPath.of("/etc/systemd/system"));
    }

    @Override
    protected void given(FakeHost host, Pool pool) {
        if (host.text(SETTINGS.pools() + "/www.conf").isEmpty()
                && host.text(SETTINGS.serverFile().value()).isEmpty()) {
            host.file(SETTINGS.pools() + "/www.conf", "[www]\nlisten = /run/php/php8.2-fpm.sock\n");
        }
        state(host, What.SERVICE, words -> "php-fpm", "enabled", PhpFpmContractTest::configuration);
        state(host, What.HOUSING, words -> "account " + words.get(0), "housed", same -> same.fact("loaded"));
        program(host, Scripts.shell(What.NO_HOME.script()), PhpFpmContractTest::remove);
        program(host, PhpCommands.check(SETTINGS), call -> check(call.host()));
        program(host, PhpCommands.activate(SETTINGS), call -> {
            call.host().fact("loaded", configuration(call.host()));
            return Answer.ok();
        });
        program(
                host,
                PhpCommands.confirm(SETTINGS, SETTINGS.serverFile(), SETTINGS.serverSocket(), "x"),
                call -> loaded(call, call.command().words().get(5), true));
        program(
                host,
                PhpCommands.gone(SETTINGS, SETTINGS.serverSocket()),
                call -> loaded(call, call.command().words().get(4), false));
        program(host, PhpCommands.activateCron(SETTINGS), call -> {
            call.host().fact("timers", timers(call.host()));
            return Answer.ok();
        });
    }

    @Override
    protected void verify(FakeHost host, Pool pool) {
        String file = host.text(SETTINGS.poolFile(pool.owner()).value()).orElseThrow();
        assertThat(sections(file)).containsExactly("aegir-" + pool.owner());
        PhpPoolFile.environment(pool)
                .forEach((name, value) ->
                        assertThat(value(file, "env['" + name + "']")).isEqualTo(value));
        assertThat(value(file, "user")).isEqualTo(pool.account());
        assertThat(host.fact("loaded")).contains(PhpPoolFile.of(pool, SETTINGS).generation());
        Optional<String> service =
                host.text(SETTINGS.cronUnit(pool.owner(), "service").value());
        assertThat(service.isPresent()).isEqualTo(pool.cron().isPresent());
        pool.cron()
                .ifPresent(cron -> assertThat(words(service.orElseThrow()))
                        .endsWith(cron.words().toArray(String[]::new)));
        assertThat(host.fact("timers").contains(pool.owner().value()))
                .isEqualTo(pool.cron().isPresent());
    }

    /** Something that is a fact or is not, and what php-fpm has loaded when it is. */
    private static void state(
            FakeHost host,
            What what,
            Function<List<String>, String> fact,
            String value,
            Function<FakeHost, String> loads) {
        program(host, Scripts.shell(what.script()), call -> {
            List<String> words = call.command().words();
            String name = fact.apply(words.subList(6, words.size()));
            FakeHost on = call.host();
            switch (words.get(4)) {
                case "look":
                    return Answer.ok(on.fact(name).isEmpty() ? "+ " + name + "\n" : "");
                case "make":
                    on.fact(name, value).fact("loaded", loads.apply(on));
                    return Answer.ok();
                default:
                    if (words.get(5).contains("+ " + name)) {
                        on.fact(name, "").fact("loaded", what == What.SERVICE ? "" : on.fact("loaded"));
                    }
                    return Answer.ok();
            }
        });
    }

    private static Answer remove(Call call) {
        List<String> words = call.command().words();
        String account = "account " + words.get(6);
        FakeHost host = call.host();
        if (words.get(4).equals("make")) {
            host.fact(account, "");
        }
        return Answer.ok(host.fact(account).isEmpty() ? "" : "- " + account + "\n");
    }

    /** php-fpm does not start without a pool, or with an account that is not there. */
    private static Answer check(FakeHost host) {
        for (String user : values(configuration(host), "user")) {
            if (!user.equals("www-data") && host.fact("account " + user).isEmpty()) {
                return Answer.failed(78, "cannot get uid for user '" + user + "'");
            }
        }
        return sections(configuration(host)).isEmpty() ? Answer.failed(78, "No pool defined") : Answer.ok();
    }

    private static Answer loaded(Call call, String text, boolean wanted) {
        return call.host().fact("loaded").contains(text) == wanted
                ? Answer.ok()
                : Answer.failed(1, text + (wanted ? " is not loaded" : " is still loaded"));
    }

    private static void program(FakeHost host, Command command, Function<Call, Answer> program) {
        host.program(program, command.words().subList(0, 3).toArray(String[]::new));
    }

    private static String configuration(FakeHost host) {
        return files(host, SETTINGS.pools() + "/").stream()
                .map(path -> host.text(path).orElseThrow())
                .collect(Collectors.joining("\n"));
    }

    private static String timers(FakeHost host) {
        return files(host, UNITS).stream()
                .filter(path -> path.endsWith(".timer"))
                .collect(Collectors.joining(" "));
    }

    private static List<String> files(FakeHost host, String below) {
        return host.snapshot().files().stream()
                .map(HostPath::value)
                .filter(path -> path.startsWith(below))
                .toList();
    }

    private static List<String> sections(String file) {
        return file.lines()
                .filter(line -> line.startsWith("["))
                .map(line -> line.substring(1, line.length() - 1))
                .filter(name -> !name.equals("global"))
                .toList();
    }

    private static String value(String file, String name) {
        List<String> values = values(file, name);
        assertThat(values).as(name).hasSize(1);
        return values.get(0);
    }

    private static List<String> values(String file, String name) {
        return new ArrayList<>(new TreeSet<>(file.lines()
                .filter(line -> line.startsWith(name + " = "))
                .map(line -> line.substring(name.length() + 4, line.length() - 1))
                .toList()));
    }

    /** The words of a unit's command as systemd reads them. */
    private static List<String> words(String unit) {
        String line = unit.lines()
                .filter(each -> each.startsWith("ExecStart="))
                .findFirst()
                .orElseThrow();
        Matcher words = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(line);
        List<String> out = new ArrayList<>();
        while (words.find()) {
            out.add(words.group(1)
                    .replaceAll("\\\\(.)", "$1")
                    .replace("%%", "%")
                    .replace("$$", "$"));
        }
        return out;
    }
}
