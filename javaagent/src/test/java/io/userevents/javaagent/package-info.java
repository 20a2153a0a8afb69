// SPDX-License-Identifier: Apache-2.0
/** The archive that the javaagent loads, and a server that knows nothing of metrics under it. */
@NullMarked
package io.userevents.javaagent;

import org.jspecify.annotations.NullMarked;
