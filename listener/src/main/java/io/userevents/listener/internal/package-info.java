// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel's layouts as listeners and readers of files share them: formats of events, pages,
 * rings, and the event at hand. Nothing here makes a call or knows where its bytes come from; none
 * of it is for users.
 */
@NullMarked
package io.userevents.listener.internal;

import org.jspecify.annotations.NullMarked;
