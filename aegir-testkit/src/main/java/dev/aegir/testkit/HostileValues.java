// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.model.AegirException;
import dev.aegir.model.HostPath;
import dev.aegir.model.Resource;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;

/**
 * Makes hostile variants of a record: every text and path in it, however deep, in turn gets what some language or other has a
 * meaning for. Variants that the record itself refuses are left out.
 */
final class HostileValues {
    /** What a line of a file must never begin with. */
    static final String INJECTED = "AEGIR-INJECTED";

    private static final List<String> HOSTILE = List.of(
            " with space",
            "\"",
            "'",
            "`",
            "\\",
            ";",
            "#",
            "{",
            "}",
            "{}",
            "$uri",
            "${HOME}",
            "{$HOME}",
            "{{x}}",
            "%{ENV}",
            "%n",
            "$(touch aegir)",
            "&|<>!",
            "*?[a]",
            "~",
            "--",
            "é\uD83D\uDE00",
            "\n" + INJECTED,
            "\r\n" + INJECTED,
            "\t",
            "\u0000",
            "\u2028" + INJECTED);

    /** A variant: what was done to it, and the resource. */
    record Variant<R>(String what, R resource) {}

    private HostileValues() {}

    static <R extends Resource> List<Variant<R>> of(R sample) {
        List<Variant<R>> out = new ArrayList<>();
        for (Variant<Object> variant : variants("", sample)) {
            @SuppressWarnings("unchecked") // A variant of a record is a record of the same class.
            R resource = (R) variant.resource();
            out.add(new Variant<>(variant.what(), resource));
        }
        return out;
    }

    private static List<Variant<Object>> variants(String where, Object value) {
        if (value instanceof String text) {
            return HOSTILE.stream()
                    .map(bad -> new Variant<Object>(where + " ends with " + shown(bad), text + bad))
                    .toList();
        } else if (value instanceof HostPath path) {
            return paths(where, path);
        } else if (value instanceof Optional<?> optional) {
            return optional.isEmpty()
                    ? List.of()
                    : variants(where, optional.get()).stream()
                            .map(each -> new Variant<Object>(each.what(), Optional.of(each.resource())))
                            .toList();
        } else if (value instanceof List<?> list) {
            return lists(where, list);
        } else if (value instanceof Map<?, ?> map) {
            return maps(where, map);
        } else if (value instanceof Record) {
            return records(where, value);
        }
        return List.of();
    }

    private static List<Variant<Object>> paths(String where, HostPath path) {
        List<Variant<Object>> out = new ArrayList<>();
        for (String bad : HOSTILE) {
            try {
                out.add(new Variant<>(
                        where + " is below a directory named " + shown("x" + bad), path.child("x" + bad)));
            } catch (AegirException e) {
                // No such path can be: nothing that an engine could meet.
            }
        }
        return out;
    }

    private static List<Variant<Object>> lists(String where, List<?> list) {
        List<Variant<Object>> out = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            int index = i;
            variants(where + "[" + i + "]", list.get(i)).forEach(each -> {
                List<Object> copy = new ArrayList<>(list);
                copy.set(index, each.resource());
                out.add(new Variant<>(each.what(), copy));
            });
        }
        return out;
    }

    private static List<Variant<Object>> maps(String where, Map<?, ?> map) {
        List<Variant<Object>> out = new ArrayList<>();
        map.forEach((key, value) -> variants(where + "[" + key + "]", value).forEach(each -> {
            Map<Object, Object> copy = new LinkedHashMap<>(map);
            copy.put(key, each.resource());
            out.add(new Variant<>(each.what(), copy));
        }));
        return out;
    }

    private static List<Variant<Object>> records(String where, Object value) {
        RecordComponent[] components = value.getClass().getRecordComponents();
        Object[] present =
                Arrays.stream(components).map(each -> read(each, value)).toArray();
        List<Variant<Object>> out = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            if (present[i] == null) {
                continue;
            }
            String inside = where.isEmpty() ? components[i].getName() : where + "." + components[i].getName();
            for (Variant<Object> each : variants(inside, present[i])) {
                Object[] copy = present.clone();
                copy[i] = each.resource();
                make(value.getClass(), components, copy, each.what())
                        .ifPresent(made -> out.add(new Variant<>(each.what(), made)));
            }
        }
        return out;
    }

    private static Object read(RecordComponent component, Object value) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component + " of " + value, e);
        }
    }

    private static Optional<Object> make(Class<?> type, RecordComponent[] components, Object[] values, String what) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return Optional.of(constructor.newInstance(values));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof AegirException) {
                return Optional.empty();
            }
            return Assertions.fail(
                    type.getName() + " refuses a value (" + what + ") with " + e.getCause()
                            + ". Refuse it with InvalidValueException, which says what is wrong with which value.",
                    e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getName(), e);
        }
    }

    private static String shown(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.chars().forEach(c -> out.append(c < ' ' || c == 0x2028 ? String.format("\\u%04x", c) : (char) c));
        return out.append('"').toString();
    }
}
