// SPDX-License-Identifier: Apache-2.0
/** A service with a module declaration: it names what it uses, and no library of the exporter's. */
module io.userevents.shop {
  requires io.opentelemetry.sdk;
  requires io.opentelemetry.sdk.autoconfigure;
  requires io.userevents.exporter;
  requires io.userevents.listener;
}
