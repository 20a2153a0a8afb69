// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.userevents.listener.internal;

import org.jspecify.annotations.NullMarked;
