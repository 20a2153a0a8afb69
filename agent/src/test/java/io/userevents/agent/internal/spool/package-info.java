// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.userevents.agent.internal.spool;

import org.jspecify.annotations.NullMarked;
