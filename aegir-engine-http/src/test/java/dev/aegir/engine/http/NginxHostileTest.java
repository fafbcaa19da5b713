// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Redirect;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Settings;
import dev.aegir.model.VirtualHost;
import dev.aegir.model.VirtualHost.PhpFpm;
import dev.aegir.model.VirtualHost.ReverseProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever stands in a field, the file has exactly the directives it has for a harmless value, with the value as one word:
 * or the value is refused before there is a file.
 */
class NginxHostileTest {
    private static final List<String> HOSTILE = List.of(
            "a; include /etc/shadow",
            "a;include /etc/shadow;#",
            "a\"; include /etc/shadow; \"",
            "a'; include /etc/shadow; '",
            "a} server { listen 81; root /etc; }",
            "a\n include /etc/shadow;",
            "a\r\nX-Injected: 1",
            "a\0b",
            "a\tb",
            "a b",
            "a\\",
            "a\\\"; include /etc/shadow; #",
            "a#b",
            "#",
            "{",
            "}",
            "{}",
            "$host",
            "${PATH}",
            "a$",
            "$document_root$uri",
            "%{ENV}",
            "%{HTTP_HOST}e",
            "$(touch /tmp/x)",
            "`touch /tmp/x`",
            "~",
            "~*",
            "@a",
            "*",
            "*.conf",
            "[a-z]",
            "a|b",
            "a&b",
            "<a>",
            "a:b",
            "-a",
            "..",
            "../other",
            "\u0085",
            "\u2028",
            "\u001b[2J",
            "\uD83D\uDE00",
            "\uD800");

    private static final String HARMLESS = "harmless";

    /** A field: what it is called, and the file when the field has a given value. */
    private record Field(String name, Function<String, List<NginxDirective>> file) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Field> FIELDS = List.of(
            site("name", text -> Samples.as(Samples.ID, text + ".example.net")),
            site("alias", text -> Samples.named(Samples.site(), List.of(text + ".example.net"), List.of())),
            site("redirected name", text -> Samples.named(Samples.site(), List.of(), List.of(text + ".example.net"))),
            site("redirect path", text -> Samples.redirecting(Samples.site(), Redirect.of("/" + text, "/new"))),
            site("redirect target", text -> Samples.redirecting(Samples.site(), Redirect.of("/old", "/" + text))),
            site(
                    "redirect URL",
                    text -> Samples.redirecting(Samples.site(), Redirect.of("/old", "https://example.net/" + text))),
            site("root", text -> Samples.at(Samples.site(), "/srv/" + text + "/web", "/srv/" + text)),
            site("socket", text -> Samples.by(Samples.site(), new PhpFpm(HostPath.of("/run/" + text + ".sock")))),
            site("upstream", text -> Samples.by(Samples.site(), new ReverseProxy(text, 80))),
            setting("config-dir", "/etc/"),
            setting("sites-dir", "/etc/"),
            setting("log-dir", "/var/log/"),
            setting("pid-file", "/run/"),
            setting("listen", ""),
            setting("resolver", ""));

    private static Field site(String name, Function<String, VirtualHost> site) {
        NginxSettings settings = NginxSettings.of(Settings.none().with("resolver", "192.0.2.53"));
        return new Field(name, text -> tree(NginxSiteFile.render(site.apply(text), settings)));
    }

    private static Field setting(String name, String before) {
        return new Field("setting " + name, text -> {
            NginxSettings settings = NginxSettings.of(Settings.none().with(name, before + text));
            List<NginxDirective> all =
                    new ArrayList<>(tree(NginxServerFile.render(ServiceRef.of("web1/http"), settings)));
            all.addAll(tree(NginxSiteFile.render(Samples.site(), settings)));
            return all;
        });
    }

    static Stream<Arguments> everywhere() {
        return FIELDS.stream().flatMap(field -> HOSTILE.stream().map(text -> Arguments.of(field, text)));
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void aHostileValueIsOneWordOrRefused(Field field, String hostile) {
        List<NginxDirective> tree;
        try {
            tree = field.file.apply(hostile);
        } catch (InvalidValueException refused) {
            return;
        }
        assertThat(tree).isEqualTo(replaced(field.file.apply(HARMLESS), HARMLESS, hostile));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"; include x", "{", "}", "\"", "'", " ", "\r", "\n", "\0", "$host", "${PATH}", "%{ENV}", "\\"})
    void aliasesAndRedirectsWithAMeaningToTheServerAreRefused(String text) {
        for (Field field : FIELDS) {
            if (field.name.matches("name|alias|redirect.*|upstream|setting.*")) {
                assertThatThrownBy(() -> field.file.apply("a" + text))
                        .as(field.name)
                        .isInstanceOf(InvalidValueException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "quo\"te", "it's", "{brace}", "semi;colon", "ha#sh", "日本"})
    void aRootMayHaveAnyOtherName(String name) {
        NginxGeneration.File file = NginxSiteFile.render(
                Samples.at(Samples.site(), "/srv/" + name + "/web", "/srv/" + name), NginxSettings.of(Settings.none()));
        assertThat(tree(file).get(0).block().orElseThrow())
                .contains(NginxDirective.fixed("root", "/srv/" + name + "/web"));
    }

    @Test
    void aRootWithAVariableIsRefused() {
        for (String name : List.of("$uri", "${uri}", "a$")) {
            assertThatThrownBy(() -> NginxSiteFile.render(
                            Samples.at(Samples.site(), "/srv/" + name, "/srv"), NginxSettings.of(Settings.none())))
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessageContaining("variable");
        }
    }

    /** The file as nginx reads it. The hash, which differs with the content, becomes a word that does not. */
    private static List<NginxDirective> tree(NginxGeneration.File file) {
        return replaced(NginxParser.parse(file.content()), file.generation().hash(), "(hash)");
    }

    private static List<NginxDirective> replaced(List<NginxDirective> tree, String from, String to) {
        return tree.stream()
                .map(directive -> new NginxDirective(
                        directive.words().stream()
                                .map(word -> NginxValue.expression(word.text().replace(from, to)))
                                .toList(),
                        directive.block().map(inside -> replaced(inside, from, to))))
                .toList();
    }
}
