// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code doctor}: checks everything that writing and reading events need, and names one
 * command for each fault. Each check is a class. Checks may access the machine only through {@link
 * io.userevents.cli.doctor.Machine}.
 */
@NullMarked
package io.userevents.cli.doctor;

import org.jspecify.annotations.NullMarked;
