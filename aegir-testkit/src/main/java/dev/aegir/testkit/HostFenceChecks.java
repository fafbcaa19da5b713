// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.host.Command;
import dev.aegir.host.Fence;
import dev.aegir.host.FencedException;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Host;
import dev.aegir.host.Input;

/** Who was paused while somebody else took over changes nothing any more. */
final class HostFenceChecks {
    private HostFenceChecks() {}

    static void keepFormerOwnersOut(HostUnderTest at) throws Exception {
        Host former = at.host().fenced(new Fence(at.resource(), 5));
        Command late = HostUnderTest.script("touch \"$1\"", at.path("late"));
        FileTransaction early = HostUnderTest.change(at.write("early", "early\n"));
        assertTrue(former.run(Command.of("true")).succeeded(), "the owner of a resource may work");
        former.files().apply(at.key("early"), early);
        // Somebody else takes over, from another place.
        Host present = at.another().fenced(new Fence(at.resource(), 6));
        assertTrue(present.run(Command.of("true")).succeeded(), "a newer owner may work");
        String before = at.tree();
        String why = "a former owner is refused: ";
        HostUnderTest.refuses(FencedException.class, why + "run", () -> former.run(late));
        HostUnderTest.refuses(
                FencedException.class, why + "runOnce", () -> former.runOnce(at.key("late"), late, Input.none()));
        HostUnderTest.refuses(
                FencedException.class, why + "start", () -> former.start(late).close());
        HostUnderTest.refuses(FencedException.class, why + "stop", () -> former.stop(at.key("late")));
        HostUnderTest.refuses(
                FencedException.class,
                why + "apply",
                () -> former.files().apply(at.key("late.files"), HostUnderTest.change(at.write("late", "late\n"))));
        HostUnderTest.refuses(
                FencedException.class, why + "revert", () -> former.files().revert(at.key("early"), early));
        assertEquals(before, at.tree(), "a former owner changes nothing");
        assertTrue(present.run(Command.of("true")).succeeded(), "the present owner still may");
        at.connectAnew();
        Host again = at.host().fenced(new Fence(at.resource(), 5));
        HostUnderTest.refuses(
                FencedException.class, "a former owner is refused over a new connection too", () -> again.run(late));
        assertEquals(before, at.tree(), "a former owner changes nothing");
        assertTrue(
                present.files().revert(at.key("early"), early), "the present owner takes back what a former one did");
    }

    static void guardOneResourceAndNoOther(HostUnderTest at) throws Exception {
        at.host().fenced(new Fence(at.resource(), 9)).run(Command.of("true")).orThrow();
        for (Host unharmed : new Host[] {
            at.host().fenced(new Fence(at.resource() + "0", 1)),
            at.host().fenced(new Fence(at.resource().substring(0, at.resource().length() - 1), 1)),
            at.another().fenced(new Fence(at.resource(), 9)),
            at.host()
        }) {
            assertEquals("free\n", unharmed.run(Command.of("echo", "free")).stdout());
        }
        HostUnderTest.refuses(FencedException.class, "numbers are compared as numbers: 9 is less than 10", () -> {
            at.host().fenced(new Fence(at.resource(), 10)).run(Command.of("true"));
            at.host().fenced(new Fence(at.resource(), 9)).run(Command.of("true"));
        });
    }

    static void areViewsOfOneHost(HostUnderTest at) throws Exception {
        Host view = at.host().fenced(new Fence(at.resource(), 1));
        assertEquals(at.host().server(), view.server(), "a view is of the same server");
        view.close();
        assertEquals("on\n", at.host().run(Command.of("echo", "on")).stdout(), "closing a view does nothing");
        Command words =
                Command.of("printf", "%s|", "a b", "$(x)").as(at.sh("id -un").strip());
        assertEquals("a b|$(x)|", view.run(words).stdout(), "a view does what the host does");
    }
}
