// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A directive of an nginx configuration, with those inside it when it is a block. All configuration is made of these, so
 * that nothing gets into a file but through {@link NginxValue#encoded}.
 *
 * @param words its name and its arguments
 * @param block what is inside it; absent for a simple directive
 */
record NginxDirective(List<NginxValue> words, Optional<List<NginxDirective>> block) {
    NginxDirective {
        words = List.copyOf(words);
        block = block.map(List::copyOf);
    }

    /** A directive with arguments that come from outside. */
    static NginxDirective directive(String name, NginxValue... arguments) {
        List<NginxValue> words = new ArrayList<>(arguments.length + 1);
        words.add(NginxValue.expression(name));
        words.addAll(List.of(arguments));
        return new NginxDirective(words, Optional.empty());
    }

    /** A directive all of whose words are ours. */
    static NginxDirective fixed(String... words) {
        List<NginxValue> values = new ArrayList<>(words.length);
        for (String word : words) {
            values.add(NginxValue.expression(word));
        }
        return new NginxDirective(values, Optional.empty());
    }

    /** This directive as a block. */
    NginxDirective with(List<NginxDirective> inside) {
        return new NginxDirective(words, Optional.of(inside));
    }

    /** This directive as a block. */
    NginxDirective with(NginxDirective... inside) {
        return with(List.of(inside));
    }

    /** A file: comments, and then directives. */
    static String write(List<String> comments, List<NginxDirective> directives) {
        StringBuilder out = new StringBuilder();
        for (String comment : comments) {
            // A comment ends with its line: what would end it earlier is refused, as in any other value.
            out.append("# ").append(NginxValue.expression(comment).text()).append('\n');
        }
        for (NginxDirective directive : directives) {
            directive.write(out, "");
        }
        return out.toString();
    }

    private void write(StringBuilder out, String indent) {
        out.append(indent);
        for (int i = 0; i < words.size(); i++) {
            out.append(i == 0 ? "" : " ").append(words.get(i).encoded());
        }
        if (block.isEmpty()) {
            out.append(";\n");
        } else {
            out.append(" {\n");
            for (NginxDirective directive : block.get()) {
                directive.write(out, indent + "    ");
            }
            out.append(indent).append("}\n");
        }
    }
}
