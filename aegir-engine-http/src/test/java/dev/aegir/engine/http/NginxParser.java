// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a configuration as nginx does: what begins and ends a word, what a quote and a backslash do, where a comment begins.
 * An error of syntax is an {@link IllegalArgumentException}. Written from the behaviour of nginx's own reader, not from our
 * writer, so that the two can be held against each other.
 */
final class NginxParser {
    private final String text;
    private int at;

    private NginxParser(String text) {
        this.text = text;
    }

    static List<NginxDirective> parse(String text) {
        return new NginxParser(text).directives(false);
    }

    private List<NginxDirective> directives(boolean inBlock) {
        List<NginxDirective> directives = new ArrayList<>();
        List<NginxValue> words = new ArrayList<>();
        while (true) {
            skipSpaceAndComments();
            if (at == text.length()) {
                check(!inBlock && words.isEmpty(), "unexpected end of file");
                return directives;
            }
            char c = text.charAt(at);
            if (c == ';') {
                check(!words.isEmpty(), "unexpected \";\"");
                at++;
                directives.add(new NginxDirective(words, Optional.empty()));
                words = new ArrayList<>();
            } else if (c == '{') {
                check(!words.isEmpty(), "unexpected \"{\"");
                at++;
                directives.add(new NginxDirective(words, Optional.of(directives(true))));
                words = new ArrayList<>();
            } else if (c == '}') {
                check(inBlock && words.isEmpty(), "unexpected \"}\"");
                at++;
                return directives;
            } else {
                words.add(NginxValue.expression(c == '"' || c == '\'' ? quoted(c) : bare()));
            }
        }
    }

    private void skipSpaceAndComments() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (isSpace(c)) {
                at++;
            } else {
                return;
            }
        }
    }

    private String quoted(char quote) {
        int start = ++at;
        while (at < text.length() && text.charAt(at) != quote) {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        check(at < text.length(), "unterminated string");
        String word = unescaped(text.substring(start, at++));
        check(at < text.length() && (isSpace(text.charAt(at)) || ";{)".indexOf(text.charAt(at)) >= 0), "no space");
        return word;
    }

    private String bare() {
        int start = at;
        boolean variable = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '{' && variable) {
                variable = false;
                at++;
            } else if (isSpace(c) || c == ';' || c == '{') {
                break;
            } else {
                variable = c == '$';
                at += c == '\\' ? 2 : 1;
            }
        }
        check(at < text.length(), "unexpected end of file");
        return unescaped(text.substring(start, at));
    }

    private static String unescaped(String raw) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            char next = c == '\\' && i + 1 < raw.length() ? raw.charAt(i + 1) : 0;
            switch (next) {
                case '"', '\'', '\\' -> {
                    out.append(next);
                    i++;
                }
                case 't' -> {
                    out.append('\t');
                    i++;
                }
                case 'r' -> {
                    out.append('\r');
                    i++;
                }
                case 'n' -> {
                    out.append('\n');
                    i++;
                }
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message + " at " + at + " of:\n" + text);
        }
    }
}
