// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Abuse cases 1 and 32: a name is refused or has one form, and never do two names that mean one host differ. */
class DomainNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "test..com",
                ".test.com",
                "test.com..",
                "-x.com",
                "x-.com",
                "x.-com",
                "a_b.com",
                "*.x",
                "*.example.com",
                "localhost",
                "x.localhost",
                "com",
                "com.",
                "192.0.2.1",
                "192.0.2.1.",
                "1.2.3.0x4",
                "1.2.3.0x",
                "example.123",
                "::1",
                "[2001:db8::1]",
                "[::1].com",
                "x.com\n",
                "\nx.com",
                "x.com\r",
                "x.com\0",
                "x.com;",
                "x.com{",
                "x.com}",
                "x.com\"",
                "x.com'",
                "x.com\\",
                "x com.net",
                " x.com",
                "x.com ",
                "$host.com",
                "${PATH}.com",
                "%{ENV}.com",
                "x.com/../y",
                "x.com:80",
                "user@x.com",
                "x,y.com",
                "x\tcom.net",
                "a\u00a0b.com"
            })
    void refusesWhatIsNoHostName(String text) {
        assertThatThrownBy(() -> DomainName.of(text))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("domain name \"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45.com", // full-width example
                "x.\uff43om",
                "\uff11.2.3.4",
                "a\uff0eb.com", // full-width full stop
                "a\u3002com", // ideographic full stop
                "\ufb01sh.com", // ligature fi
                "ex\u00aample.com", // ordinal indicator
                "\u2167.com", // Roman numeral eight
                "\u24d0.com", // circled a
                "a\u200bb.com", // zero-width space
                "a\u200db.com", // zero-width joiner
                "a\u00adb.com", // soft hyphen
                "a\u202eb.com", // turns the direction
                "a\ufe0fb.com", // variation selector
                "a\u034fb.com", // invisible mark
                "\u3164.com", // Hangul filler
                "\u0301a.com", // begins with a mark
                "xn--\u00e9.com",
                "\ud83d\ude00.com", // an emoji is a symbol
                "a.\ud800", // half a character
                "\u2024com.net"
            })
    void refusesWhatOtherProgramsWouldMapOrNobodySees(String text) {
        assertThatThrownBy(() -> DomainName.of(text))
                .isInstanceOf(InvalidValueException.class)
                .message()
                .doesNotContain("\u200b", "\u202e", "\u200d", "\u00ad");
    }

    @ParameterizedTest
    @ValueSource(strings = {"xn--.com", "xn--a.com", "xn--abc-.com", "xn--0.com", "xn--99999999.com", "xn--e28h.com"})
    void refusesPunycodeThatEncodesNoLabel(String text) {
        assertThatThrownBy(() -> DomainName.of(text)).isInstanceOf(InvalidValueException.class);
    }

    /** Otherwise one label would have two encodings. */
    @Test
    void refusesPunycodeOfWhatIsNotCanonical() {
        for (String odd : new String[] {"b\u00dccher", "bu\u0308cher", "\uff45x", "a\u200bb", "xn--\u00e9"}) {
            assertThatThrownBy(() -> DomainName.of("xn--" + Punycode.encode(odd) + ".com"))
                    .as(odd)
                    .isInstanceOf(InvalidValueException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EXAMPLE.Com, example.com",
        "example.com., example.com",
        "Www.Example.COM., www.example.com",
        "a.b, a.b",
        "1.example, 1.example",
        "ab--cd.example, ab--cd.example",
        "b\u00fccher.example, xn--bcher-kva.example",
        "B\u00dcCHER.example, xn--bcher-kva.example",
        "bu\u0308cher.example, xn--bcher-kva.example",
        "XN--BCHER-KVA.example, xn--bcher-kva.example",
        "xn--bcher-kva.example., xn--bcher-kva.example",
        "\u65e5\u672c.jp, xn--wgv71a.jp",
        "\u4f8b\u3048.\u30c6\u30b9\u30c8, xn--r8jz45g.xn--zckzah",
        "\u212aelvin.example, kelvin.example"
    })
    void hasOneFormHoweverItIsWritten(String text, String canonical) {
        assertThat(DomainName.of(text)).isEqualTo(DomainName.of(canonical)).hasToString(canonical);
        assertThat(DomainName.of(text)).hasSameHashCodeAs(DomainName.of(canonical));
    }

    /** What IDNA 2003 called the same are different names today, owned by different people. */
    @Test
    void neverTurnsALetterIntoAnother() {
        assertThat(DomainName.of("stra\u00dfe.example"))
                .hasToString("xn--strae-oqa.example")
                .isNotEqualTo(DomainName.of("strasse.example"))
                .isEqualTo(DomainName.of("xn--strae-oqa.example"))
                .isEqualTo(DomainName.of("STRA\u1e9eE.example"));
        assertThat(DomainName.of("\u03b2\u03cc\u03bb\u03bf\u03c2.example"))
                .hasToString("xn--nxasmm1c.example")
                .isNotEqualTo(DomainName.of("\u03b2\u03cc\u03bb\u03bf\u03c3.example"));
        assertThat(DomainName.of("\u0392\u038c\u039b\u039f\u03a3.example"))
                .isEqualTo(DomainName.of("\u03b2\u03cc\u03bb\u03bf\u03c3.example"));
    }

    /** A look-alike is another name, and is shown as what it is. */
    @Test
    void showsALookAlikeAsPunycode() {
        assertThat(DomainName.of("\u0430pple.com"))
                .isNotEqualTo(DomainName.of("apple.com"))
                .hasToString("xn--pple-43d.com");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "b\u00fccher.example",
                "stra\u00dfe.example",
                "\u03b2\u03cc\u03bb\u03bf\u03c2.example",
                "\u65e5\u672c.jp",
                "\u4f8b\u3048.\u30c6\u30b9\u30c8",
                "\u0440\u0444.\u0440\u0444",
                "\u0430\u0440\u0440\u04cf\u0435.com",
                "\u05d0\u05d1.example",
                "\u0915\u094d\u0937.example",
                "plain.example"
            })
    void comesBackFromPunycode(String text) {
        DomainName name = DomainName.of(text);
        assertThat(name.value()).matches("[a-z0-9.-]+");
        assertThat(name.unicode()).isEqualTo(text);
        assertThat(DomainName.of(name.value())).isEqualTo(name);
        assertThat(DomainName.of(name.unicode())).isEqualTo(name);
    }

    @Test
    void labelsHaveAtMost63Characters() {
        assertThat(DomainName.of("a".repeat(63) + ".com").value()).hasSize(67);
        assertThatThrownBy(() -> DomainName.of("a".repeat(64) + ".com")).hasMessageContaining("63");
        assertThatThrownBy(() -> DomainName.of("\u00e9".repeat(60) + "abcd.com"))
                .hasMessageContaining("63");
        assertThatThrownBy(() -> DomainName.of("\ud86e\udc1d".repeat(400) + ".com"))
                .hasMessageContaining("63");
    }

    @Test
    void namesHaveAtMost253Characters() {
        String longest = "a".repeat(63) + "." + "b".repeat(63) + "." + "c".repeat(63) + "." + "d".repeat(61);
        assertThat(DomainName.of(longest).value()).hasSize(253);
        assertThat(DomainName.of(longest + ".")).isEqualTo(DomainName.of(longest));
        assertThatThrownBy(() -> DomainName.of(longest + "d")).hasMessageContaining("253");
        assertThatThrownBy(() -> DomainName.of("a.".repeat(5000) + "com")).hasMessageContaining("far too long");
    }

    @Test
    void theMessageNamesTheValueAndHidesItsControls() {
        assertThatThrownBy(() -> DomainName.of("x.com\u001b[2J\u202e"))
                .hasMessage("domain name \"x.com\\u001b[2J\\u202e\": a character is not allowed in a host name");
    }

    @Test
    void hasATwin() {
        assertThat(DomainName.of("example.com").wwwTwin()).isEqualTo(DomainName.of("www.example.com"));
        assertThat(DomainName.of("www.example.com").wwwTwin()).isEqualTo(DomainName.of("example.com"));
        assertThatThrownBy(() -> DomainName.of("www.com").wwwTwin()).isInstanceOf(InvalidValueException.class);
    }

    static Stream<String[]> samplesOfRfc3492() {
        return Stream.of(
                new String[] {"\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587", "ihqwcrb4cv8a8dqg056pqjye"},
                new String[] {
                    "\u043f\u043e\u0447\u0435\u043c\u0443\u0436\u0435\u043e\u043d\u0438\u043d\u0435\u0433\u043e\u0432\u043e\u0440\u044f\u0442\u043f\u043e\u0440\u0443\u0441\u0441\u043a\u0438",
                    "b1abfaaepdrnnbgefbadotcwatmq2g4l"
                },
                new String[] {"3\u5e74b\u7d44\u91d1\u516b\u5148\u751f", "3b-ww4c5e180e575a65lsy2b"},
                new String[] {
                    "\u5b89\u5ba4\u5948\u7f8e\u6075-with-super-monkeys", "-with-super-monkeys-pc58ag80a8qai00g7n9n"
                },
                new String[] {"\u305d\u306e\u30b9\u30d4\u30fc\u30c9\u3067", "d9juau41awczczp"},
                new String[] {
                    "porqu\u00e9nopuedensimplementehablarenespa\u00f1ol",
                    "porqunopuedensimplementehablarenespaol-fmd56a"
                });
    }

    @ParameterizedTest
    @MethodSource("samplesOfRfc3492")
    void punycodeIsThatOfTheStandard(String unicode, String ascii) {
        assertThat(Punycode.encode(unicode)).isEqualTo(ascii);
        assertThat(Punycode.decode(ascii)).contains(unicode);
    }
}
