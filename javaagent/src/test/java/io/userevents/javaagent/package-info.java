// SPDX-License-Identifier: Apache-2.0
/** The archive that the javaagent loads, and the example's server under it. */
@NullMarked
package io.userevents.javaagent;

import org.jspecify.annotations.NullMarked;
