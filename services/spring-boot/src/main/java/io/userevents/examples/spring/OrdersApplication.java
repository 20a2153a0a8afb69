// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples.spring;

import java.io.IOException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Takes orders by HTTP, until its standard input ends. */
@SpringBootApplication(proxyBeanMethods = false)
public class OrdersApplication {

  /**
   * Serves, prints its port, and ends with its input.
   *
   * @param arguments properties, as {@code --name=value}
   */
  public static void main(String[] arguments) throws IOException {
    try (ConfigurableApplicationContext context =
        SpringApplication.run(OrdersApplication.class, arguments)) {
      System.out.println("port " + context.getEnvironment().getProperty("local.server.port"));
      while (System.in.read() >= 0) {
        // Only the end of the input counts.
      }
    }
  }
}
