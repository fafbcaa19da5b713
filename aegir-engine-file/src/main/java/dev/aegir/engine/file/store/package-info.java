// SPDX-License-Identifier: Apache-2.0
/** Places that keep files and run no commands: buckets of S3, accounts with SFTP. */
@NullMarked
package dev.aegir.engine.file.store;

import org.jspecify.annotations.NullMarked;
