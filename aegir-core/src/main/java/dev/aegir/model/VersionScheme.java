// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the versions of packages are ordered. Versions are compared number by number and are never turned into fractions:
 * 1.10 is newer than 1.9.
 */
public enum VersionScheme {
    /**
     * Drupal's projects: {@code 8.x-1.2}, {@code 1.2.3-rc1}, {@code 2.0.x-dev}. The branch of a release, such as
     * {@code 1.x-dev}, is newer than its releases; {@code 1.2.3-dev} is older than 1.2.3.
     */
    DRUPAL {
        @Override
        int order(String one, String other) {
            return DrupalVersion.of(one).compareTo(DrupalVersion.of(other));
        }

        @Override
        boolean known(String version) {
            return DrupalVersion.FORM.matcher(version).matches();
        }
    },
    /** Composer's packages: {@code v1.2}, {@code 1.2.3-beta2}, {@code 1.x-dev}; branches such as {@code dev-main} have no order. */
    COMPOSER {
        @Override
        int order(String one, String other) {
            return PhpVersions.compare(PhpVersions.normal(one), PhpVersions.normal(other));
        }

        @Override
        boolean known(String version) {
            return !version.startsWith("dev-") && PhpVersions.normal(version).matches("[0-9].*");
        }
    },
    /** WordPress, its plugins and its themes: as PHP's {@code version_compare} orders them. */
    WORDPRESS {
        @Override
        int order(String one, String other) {
            return PhpVersions.compare(one, other);
        }

        @Override
        boolean known(String version) {
            return !version.isBlank();
        }
    };

    /**
     * Which of two versions is newer.
     *
     * @param one a version
     * @param other another
     * @return less than, equal to or more than 0 when the first is older than, as old as or newer than the other; absent when
     *     that cannot be said, because one is unknown or the name of a branch
     */
    public OptionalInt compare(String one, String other) {
        if (one.equals(other)) {
            return OptionalInt.of(0);
        }
        return known(one) && known(other) ? OptionalInt.of(order(one, other)) : OptionalInt.empty();
    }

    abstract int order(String one, String other);

    abstract boolean known(String version);

    /** Numbers of any length, as they are written. */
    private static int numbers(String one, String other) {
        return new BigInteger(one).compareTo(new BigInteger(other));
    }

    private record DrupalVersion(int core, List<String> numbers, int stage, String stageNumber, String commits)
            implements Comparable<DrupalVersion> {
        private static final Pattern FORM = Pattern.compile("(?:([0-9]{1,3})\\.x-)?([0-9]+(?:\\.(?:[0-9]+|x))*)"
                + "(?:-?(unstable|alpha|beta|rc)\\.?([0-9]*))?(?:\\+([0-9]+))?(-dev)?");
        private static final List<String> STAGES = List.of("dev", "unstable", "alpha", "beta", "rc", "");

        /** Higher than any number of a release. */
        private static final String BRANCH = "9999999";

        /** All that came after Drupal 7 counts on from there: 8.x-2.0 became 2.0.0. */
        private static final int FIRST_SEMANTIC = 8;

        static DrupalVersion of(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                throw new IllegalArgumentException(text);
            }
            int core = form.group(1) == null ? FIRST_SEMANTIC : Integer.parseInt(form.group(1));
            List<String> numbers = new ArrayList<>();
            for (String number : form.group(2).split("\\.")) {
                numbers.add(number.equals("x") ? BRANCH : number);
            }
            boolean branch = numbers.contains(BRANCH);
            boolean dev = form.group(6) != null && form.group(5) == null;
            if (dev && !branch && numbers.size() < 3) {
                // 10.3-dev is what 10.3.x-dev was once called.
                numbers.add(BRANCH);
                branch = true;
            }
            String stage = form.group(3) != null ? form.group(3) : dev && !branch ? "dev" : "";
            String stageNumber = form.group(4) == null || form.group(4).isEmpty() ? "0" : form.group(4);
            return new DrupalVersion(
                    Math.min(core, FIRST_SEMANTIC),
                    numbers,
                    STAGES.indexOf(stage),
                    stageNumber,
                    form.group(5) == null ? "0" : form.group(5));
        }

        @Override
        public int compareTo(DrupalVersion other) {
            int order = Integer.compare(core, other.core);
            for (int i = 0; order == 0 && i < Math.max(numbers.size(), other.numbers.size()); i++) {
                order = VersionScheme.numbers(
                        i < numbers.size() ? numbers.get(i) : "0",
                        i < other.numbers.size() ? other.numbers.get(i) : "0");
            }
            if (order == 0) {
                order = Integer.compare(stage, other.stage);
            }
            if (order == 0) {
                order = VersionScheme.numbers(stageNumber, other.stageNumber);
            }
            return order == 0 ? VersionScheme.numbers(commits, other.commits) : order;
        }
    }

    /** The rules of PHP's version_compare (PHP manual, "version_compare"). */
    private static final class PhpVersions {
        private static final List<String> FORMS = List.of("dev", "a", "b", "rc", "#", "p");
        private static final Pattern COMPOSER_BRANCH =
                Pattern.compile("([0-9]+(?:\\.[0-9]+){0,3})((?:\\.[xX*]){1,3})-dev");
        private static final Pattern COMPOSER = Pattern.compile(
                "([0-9]+(?:\\.[0-9]+){0,3})(?:[._-]?(stable|beta|b|RC|rc|alpha|a|patch|pl|p)(?:[.-]?([0-9]+))?)?([.-]?dev)?",
                Pattern.CASE_INSENSITIVE);

        private PhpVersions() {}

        static int compare(String one, String other) {
            List<String> first = parts(one);
            List<String> second = parts(other);
            for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
                int order = part(first.get(i), second.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return rest(first, second.size()) - rest(second, first.size());
        }

        /** A version that goes on is newer when it goes on with a number or a patch, and older with anything else. */
        private static int rest(List<String> parts, int from) {
            return from >= parts.size() ? 0 : isNumber(parts.get(from)) ? 1 : part(parts.get(from), "#");
        }

        private static int part(String one, String other) {
            if (isNumber(one) && isNumber(other)) {
                return Integer.signum(numbers(one, other));
            }
            return Integer.compare(form(isNumber(one) ? "#" : one), form(isNumber(other) ? "#" : other));
        }

        private static int form(String text) {
            for (int i = FORMS.size() - 1; i >= 0; i--) {
                if (text.startsWith(FORMS.get(i)) || i == 3 && text.startsWith("RC")) {
                    return i;
                }
            }
            return -1;
        }

        private static boolean isNumber(String part) {
            return !part.isEmpty() && Character.isDigit(part.charAt(0));
        }

        private static List<String> parts(String version) {
            List<String> parts = new ArrayList<>();
            Matcher part = Pattern.compile("[0-9]+|[A-Za-z]+").matcher(version);
            while (part.find()) {
                parts.add(part.group());
            }
            return parts;
        }

        /** As Composer writes a version to compare it: four numbers, then the stability. */
        static String normal(String version) {
            String plain = version.strip().replaceFirst("^[vV]", "").replaceFirst("\\+[A-Za-z0-9.-]+$", "");
            Matcher branch = COMPOSER_BRANCH.matcher(plain);
            if (branch.matches()) {
                return four(branch.group(1), "9999999") + "-dev";
            }
            Matcher form = COMPOSER.matcher(plain);
            if (!form.matches()) {
                return plain;
            }
            String text = four(form.group(1), "0");
            if (form.group(2) != null && !form.group(2).equals("stable")) {
                text += "-" + form.group(2).toLowerCase(Locale.ROOT) + (form.group(3) == null ? "" : form.group(3));
            }
            return form.group(4) == null ? text : text + "-dev";
        }

        private static String four(String numbers, String filler) {
            StringBuilder text = new StringBuilder(numbers);
            for (int i = numbers.split("\\.").length; i < 4; i++) {
                text.append('.').append(filler);
            }
            return text.toString();
        }
    }
}
