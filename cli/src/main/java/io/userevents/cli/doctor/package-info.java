// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code doctor}: looks at all that writing and reading events need, and names one
 * command for each fault. Each check is a class; checks see the machine through {@link
 * io.userevents.cli.doctor.Machine} alone.
 */
@NullMarked
package io.userevents.cli.doctor;

import org.jspecify.annotations.NullMarked;
