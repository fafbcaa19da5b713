// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import java.util.List;
import java.util.stream.Collectors;

/** Files were changed by somebody else and the policy is to fail. Nothing was changed. */
public final class DriftException extends HostException {
    private static final long serialVersionUID = 1L;
    private final transient List<FileState> files;

    /**
     * For some files.
     *
     * @param server the server's name
     * @param files the files as they were found
     */
    public DriftException(String server, List<FileState> files) {
        super(
                server,
                "changed by somebody else since they were last written: "
                        + files.stream().map(f -> f.path().value()).collect(Collectors.joining(", "))
                        + "; look at the preview, then set the service's drift policy to overwrite or keep");
        this.files = List.copyOf(files);
    }

    /**
     * The files as they were found.
     *
     * @return the files
     */
    public List<FileState> files() {
        return files;
    }
}
