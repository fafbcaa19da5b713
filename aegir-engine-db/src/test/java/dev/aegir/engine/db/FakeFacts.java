// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.testkit.Answer;
import dev.aegir.testkit.FakeHost;
import java.util.List;
import java.util.TreeSet;

/** What the fakes of database servers share: facts that are known by a list, and the service that runs. */
final class FakeFacts {
    private FakeFacts() {}

    /** The names of all facts that begin so. */
    static List<String> named(FakeHost host, String prefix) {
        return host.snapshot().facts().keySet().stream()
                .filter(fact -> fact.startsWith(prefix))
                .sorted()
                .toList();
    }

    /** A service manager that has one service, which can be started and enabled. */
    static void serve(FakeHost host, String unit) {
        host.program(call -> here(call.host().fact(unit)), "systemctl", "--quiet", "is-active");
        host.program(call -> here(call.host().fact(unit + " enabled")), "systemctl", "--quiet", "is-enabled");
        host.program(call -> set(call.host(), unit, "active"), "systemctl", "start");
        host.program(call -> set(call.host(), unit, ""), "systemctl", "stop");
        host.program(call -> set(call.host(), unit + " enabled", "enabled"), "systemctl", "--quiet", "enable");
        host.program(call -> set(call.host(), unit + " enabled", ""), "systemctl", "--quiet", "disable");
    }

    private static Answer here(String fact) {
        return fact.isEmpty() ? Answer.failed(3, "") : Answer.ok();
    }

    private static Answer set(FakeHost host, String fact, String value) {
        host.fact(fact, value);
        return Answer.ok();
    }

    /** Sorted words. */
    static TreeSet<String> words(String text) {
        return new TreeSet<>(List.of(text.split(" ")));
    }
}
