// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import io.userevents.cli.console.StopSignal;
import io.userevents.cli.decode.DecodeCommand;
import io.userevents.cli.demo.DemoCommand;
import io.userevents.cli.forward.ForwardCommand;
import io.userevents.cli.listen.ListenCommand;
import io.userevents.cli.record.RecordCommand;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Creates the commands. Picocli's generators of completion and man pages create it by its name. */
public final class CommandFactory implements IFactory {

  private final IFactory others = CommandLine.defaultFactory();
  private final StopSignal stop;

  /** Creates a factory for commands that are never stopped. */
  public CommandFactory() {
    this(new StopSignal());
  }

  CommandFactory(StopSignal stop) {
    this.stop = stop;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == UserEvents.class) {
      return type.cast(new UserEvents());
    }
    if (type == ListenCommand.class) {
      return type.cast(new ListenCommand(stop));
    }
    if (type == RecordCommand.class) {
      return type.cast(new RecordCommand(stop));
    }
    if (type == DecodeCommand.class) {
      return type.cast(new DecodeCommand(stop));
    }
    if (type == ForwardCommand.class) {
      return type.cast(new ForwardCommand(stop));
    }
    if (type == DemoCommand.class) {
      return type.cast(new DemoCommand(stop, UserEvents.class.getName()));
    }
    return others.create(type);
  }
}
