// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table that lists how each error of each system call is handled. The tracepoint, its session and
 * the writer of events take every decision that depends on an errno from it. {@code
 * docs/kernel-errors.md} has the same rows, and a test compares the two.
 *
 * <p>The causes are those of Linux 6.12: {@code kernel/trace/trace_events_user.c} and, for the
 * calls on the way there, {@code fs/open.c}, {@code fs/ioctl.c}, {@code fs/read_write.c} and {@code
 * lib/iov_iter.c}.
 *
 * <p>Any thread may call the methods. The look-ups allocate nothing.
 *
 * @since 0.1.0
 */
public final class TracepointErrors {

  /**
   * The number of attempts at a call that fails each time with an error that is retried at once.
   */
  public static final int MAX_ATTEMPTS = 4;

  /**
   * A system call that a writer makes, or its check of a descriptor that was passed to it.
   *
   * @since 0.1.0
   */
  public enum Call {
    /** {@code fcntl(F_GETFL)} and {@code fstat} of a descriptor that other code has opened. */
    INHERIT("inherited descriptor"),
    /** {@code open} of {@code user_events_data}. */
    OPEN("open"),
    /** {@code ioctl(DIAG_IOCSREG)}. */
    REGISTER("ioctl(DIAG_IOCSREG)"),
    /** {@code writev} of one event. */
    WRITE("writev"),
    /** {@code ioctl(DIAG_IOCSUNREG)}. */
    UNREGISTER("ioctl(DIAG_IOCSUNREG)");

    private final String text;

    Call(String text) {
      this.text = text;
    }

    /** {@return the system call as it is written in C} */
    public String text() {
      return text;
    }
  }

  /**
   * The handling of an error.
   *
   * @since 0.1.0
   */
  public enum Reaction {
    /**
     * The call is made again at once, {@value TracepointErrors#MAX_ATTEMPTS} times in all, then
     * handled like any other errno of this call.
     */
    RETRY_AT_ONCE(
        "the call is made again at once, "
            + MAX_ATTEMPTS
            + " times in all; then as for any other errno of this call"),
    /** The tracepoint is registered later, after pauses that grow from 1 s to 60 s. */
    RETRY_LATER("the tracepoint is registered later, after pauses that grow from 1 s to 60 s"),
    /** The tracepoint is not registered again in the life of this process. */
    GIVE_UP("the tracepoint is not registered again in the life of this process"),
    /** The records are counted as detached, which is not an error. */
    DETACHED("the records are counted as detached, which is no error"),
    /**
     * The tracepoint is unregistered and registered again, and the same event is written once more.
     * If that fails, or comes too soon after the last time (pauses as for {@link #RETRY_LATER}),
     * the records are counted by errno and the tracepoint is registered later.
     */
    REGISTER_AGAIN(
        "the tracepoint is unregistered, registered again and the same event written once more; if"
            + " that fails, or is too soon after the last time (pauses as above), the records are"
            + " counted by errno and the tracepoint is registered later"),
    /** The records are dropped and counted by errno. */
    COUNT("the records are dropped and counted by errno"),
    /**
     * The enable word is kept, for the life of the process if necessary, because the kernel may
     * still write to it. Unregistering is tried again before the next registration.
     */
    HOLD_WORD(
        "the enable word is kept, for the life of the process if need be, because the kernel may"
            + " still write to it; unregistering is tried again before the next registration"),
    /**
     * As {@link #HOLD_WORD}; in addition the descriptor is not closed, because it does not belong
     * to the tracepoint any more.
     */
    LEAVE_DESCRIPTOR(
        "as HOLD_WORD, and the descriptor is not closed, because it is not the tracepoint's any"
            + " more");

    private final String meaning;

    Reaction(String meaning) {
      this.meaning = meaning;
    }

    /** {@return a sentence that says how the error is handled} */
    public String meaning() {
      return meaning;
    }
  }

  /**
   * A row of the table.
   *
   * @param call the call that failed
   * @param errno its error; null stands for any error without its own row
   * @param reaction how the error is handled
   * @param cause where the error comes from
   * @param remedy an action for a person; {@code {event}} and {@code {path}} stand for the event's
   *     name and the file
   * @since 0.1.0
   */
  public record Row(
      Call call, @Nullable Errno errno, Reaction reaction, String cause, String remedy) {

    /**
     * Returns the remedy for an event and a file.
     *
     * @param eventName name of the event
     * @param path path of the file
     * @return the remedy with both names in it
     */
    public String remedy(String eventName, String path) {
      return remedy.replace("{event}", eventName).replace("{path}", path);
    }
  }

  private static final String MOUNT =
      "mount tracefs (mount -t tracefs nodev "
          + Tracefs.USUAL
          + ") and use a kernel of 6.4 or newer with CONFIG_USER_EVENTS=y; in a container, mount"
          + " the host's "
          + Tracefs.USUAL.resolve(Tracefs.DATA_FILE)
          + " or pass a descriptor of it, see docs/permissions.md";
  private static final String PERMIT_FILE =
      "let this user pass through the tracefs folder (x) and write to user_events_data (w), for"
          + " example with a group: chgrp GROUP and chmod g+x on the folder, g+w on the file."
          + " You can also have it opened before the process starts (OpenFile="
          + Tracefs.USUAL.resolve(Tracefs.DATA_FILE)
          + " in a systemd unit) and pass the descriptor, see docs/permissions.md";
  private static final String PASS_DESCRIPTOR =
      "open "
          + Tracefs.USUAL.resolve(Tracefs.DATA_FILE)
          + " for writing before the process starts, with OpenFile= in a systemd unit (not"
          + " read-only) or with exec N> in a shell, and name that number; see"
          + " docs/permissions.md";
  private static final String PERMIT_CALL =
      "permit the call on {path} in the policy of the security module (SELinux, AppArmor, BPF) or"
          + " of the container";
  private static final String NEWER_KERNEL =
      "use a kernel of 6.4 or newer, whose user_events interface this is";
  private static final String FREE_MEMORY = "give the kernel, or this control group, more memory";
  private static final String OWN_DESCRIPTORS =
      "find the code of this process that closes descriptors it has not opened";
  private static final String NONE = "none is needed";
  private static final String SEE_KERNEL = "see Documentation/trace/user_events.rst of the kernel";

  private static final List<Row> ROWS = List.copyOf(rowsOfAllCalls());
  private static final Row[][] BY_CALL = index();
  private static final Reaction[] OF_WRITE = reactionsOfWrite();

  private TracepointErrors() {}

  /** {@return all rows by call; the last row of each call is for any other errno} */
  public static List<Row> rows() {
    return ROWS;
  }

  /**
   * Returns the row for an error.
   *
   * @param call the call that failed
   * @param errno number of the error, positive; any number is allowed
   * @return the row, which is the last one of the call if the error has none
   */
  public static Row of(Call call, int errno) {
    return BY_CALL[call.ordinal()][index(errno)];
  }

  /**
   * Returns how an error of {@code writev} is handled, by two loads from memory.
   *
   * @param errno number of the error, positive; any number is allowed
   * @return the handling
   */
  public static Reaction ofWrite(int errno) {
    return OF_WRITE[index(errno)];
  }

  private static List<Row> rowsOfAllCalls() {
    List<Row> rows = new ArrayList<>();
    addInherit(rows);
    addOpen(rows);
    addRegister(rows);
    addWrite(rows);
    addUnregister(rows);
    return rows;
  }

  private static void addInherit(List<Row> rows) {
    Call call = Call.INHERIT;
    rows.add(
        new Row(
            call,
            Errno.EBADF,
            Reaction.RETRY_LATER,
            "no descriptor of this number is open in this process",
            PASS_DESCRIPTOR));
    rows.add(
        new Row(
            call,
            Errno.EACCES,
            Reaction.RETRY_LATER,
            "given by this library: the descriptor is open for reading only, so that the kernel"
                + " would register with it and refuse each write",
            PASS_DESCRIPTOR));
    rows.add(
        new Row(
            call,
            Errno.ENOTTY,
            Reaction.RETRY_LATER,
            "given by this library, or by ioctl(DIAG_IOCSREG): the descriptor is of another file,"
                + " which the message names",
            PASS_DESCRIPTOR));
    rows.add(
        new Row(
            call,
            Errno.ENOSYS,
            Reaction.GIVE_UP,
            "a seccomp filter hides the call; no process can get rid of its filter",
            "permit the call in the container's seccomp profile and restart"));
    rows.add(new Row(call, null, Reaction.RETRY_LATER, "not by user_events", "see fcntl(2)"));
  }

  private static void addOpen(List<Row> rows) {
    Call call = Call.OPEN;
    rows.add(
        new Row(
            call,
            Errno.ENOENT,
            Reaction.RETRY_LATER,
            "tracefs is not mounted (yet), or the kernel has no CONFIG_USER_EVENTS or is locked"
                + " down",
            MOUNT));
    rows.add(
        new Row(
            call, Errno.ENOTDIR, Reaction.RETRY_LATER, "a part of the path is no folder", MOUNT));
    rows.add(
        new Row(
            call,
            Errno.ENODEV,
            Reaction.RETRY_LATER,
            "the path leads to a device that is gone, not into tracefs",
            MOUNT));
    rows.add(
        new Row(
            call,
            Errno.EACCES,
            Reaction.RETRY_LATER,
            "no x on a folder of the path or no w on the file",
            PERMIT_FILE));
    rows.add(
        new Row(
            call, Errno.EPERM, Reaction.RETRY_LATER, "a security module refuses it", PERMIT_FILE));
    rows.add(
        new Row(
            call,
            Errno.EROFS,
            Reaction.RETRY_LATER,
            "tracefs is mounted read-only",
            "mount tracefs writable: {path} is on a read-only file system"));
    rows.add(
        new Row(
            call,
            Errno.EMFILE,
            Reaction.RETRY_LATER,
            "too many descriptors in this process",
            "raise the limit of open files (ulimit -n)"));
    rows.add(
        new Row(
            call,
            Errno.ENFILE,
            Reaction.RETRY_LATER,
            "too many open files in the system",
            "raise the limit of open files (sysctl fs.file-max)"));
    rows.add(
        new Row(
            call,
            Errno.ENOMEM,
            Reaction.RETRY_LATER,
            "the kernel is out of memory (user_events_open)",
            FREE_MEMORY));
    rows.add(
        new Row(
            call,
            Errno.EINTR,
            Reaction.RETRY_AT_ONCE,
            "a signal, while a program that watches files was asked (fanotify)",
            NONE));
    rows.add(
        new Row(
            call,
            Errno.ENOSYS,
            Reaction.GIVE_UP,
            "a seccomp filter hides the call; no process can get rid of its filter",
            "permit the call in the container's seccomp profile and restart"));
    rows.add(new Row(call, null, Reaction.RETRY_LATER, "not by user_events", "see open(2)"));
  }

  private static void addRegister(List<Row> rows) {
    Call call = Call.REGISTER;
    rows.add(
        new Row(
            call,
            Errno.EADDRINUSE,
            Reaction.RETRY_LATER,
            "the name is registered with other fields (find_user_event), or this word and bit are"
                + " registered already: an unregistration has failed or is not finished"
                + " (current_user_event_enabler_exists)",
            "if the event is registered with another field list, see it in"
                + " events/user_events/{event}/format below tracefs, end the process that"
                + " registered it (fuser -v {path} lists candidates), or choose another event"
                + " name"));
    rows.add(
        new Row(
            call,
            Errno.EMFILE,
            Reaction.RETRY_LATER,
            "the kernel has too many user events (user_event_parse)",
            "raise the sysctl kernel.user_events_max"));
    rows.add(
        new Row(
            call,
            Errno.ENODEV,
            Reaction.RETRY_LATER,
            "the kernel has no number left for a type of event (user_event_trace_register)",
            "remove events that nobody uses (dynamic_events below tracefs)"));
    rows.add(
        new Row(
            call,
            Errno.ENOMEM,
            Reaction.RETRY_LATER,
            "the kernel is out of memory, or could not bring in the enable word's page"
                + " (user_event_enabler_create)",
            FREE_MEMORY));
    rows.add(
        new Row(
            call,
            Errno.EACCES,
            Reaction.RETRY_LATER,
            "a security module refuses it (security_file_ioctl)",
            PERMIT_CALL));
    rows.add(
        new Row(
            call,
            Errno.EPERM,
            Reaction.RETRY_LATER,
            "a security module refuses it; the kernel itself only for flags that are not used"
                + " (user_event_capable)",
            PERMIT_CALL));
    rows.add(
        new Row(
            call,
            Errno.EINVAL,
            Reaction.RETRY_LATER,
            "the kernel knows no such structure or field",
            NEWER_KERNEL));
    rows.add(
        new Row(
            call,
            Errno.E2BIG,
            Reaction.RETRY_LATER,
            "the kernel's structure is another (user_reg_get)",
            NEWER_KERNEL));
    rows.add(
        new Row(
            call,
            Errno.ENOTTY,
            Reaction.RETRY_LATER,
            "the file is not the kernel's user_events_data",
            "name the kernel's user_events_data, if {path} was set; otherwise " + NEWER_KERNEL));
    rows.add(
        new Row(
            call,
            Errno.EBADF,
            Reaction.RETRY_LATER,
            "somebody else closed the descriptor",
            OWN_DESCRIPTORS));
    rows.add(
        new Row(
            call,
            Errno.EFAULT,
            Reaction.RETRY_AT_ONCE,
            "the argument or the enable word could not be reached",
            SEE_KERNEL));
    rows.add(
        new Row(
            call,
            Errno.EINTR,
            Reaction.RETRY_AT_ONCE,
            "a signal; the kernel's locks here do not give way to one",
            NONE));
    rows.add(
        new Row(
            call,
            Errno.ENOSYS,
            Reaction.GIVE_UP,
            "a seccomp filter hides the call; also: this machine cannot make system calls",
            "permit the call in the container's seccomp profile and restart"));
    rows.add(new Row(call, null, Reaction.RETRY_LATER, "not by user_events", SEE_KERNEL));
  }

  private static void addWrite(List<Row> rows) {
    Call call = Call.WRITE;
    rows.add(
        new Row(
            call,
            Errno.EBADF,
            Reaction.DETACHED,
            "nobody listens any more; if the enable word is still set and fcntl(F_GETFL) answers"
                + " EBADF as well, the descriptor is closed, which is taken for ENOENT",
            NONE));
    rows.add(
        new Row(
            call,
            Errno.EINTR,
            Reaction.RETRY_AT_ONCE,
            "a signal; not by user_events, which never waits here",
            NONE));
    rows.add(
        new Row(
            call,
            Errno.EFAULT,
            Reaction.RETRY_AT_ONCE,
            "a page is being brought in, or one of several listeners could not copy the event:"
                + " another one may then get it twice (user_events_write_core)",
            NONE));
    rows.add(
        new Row(
            call,
            Errno.ENOENT,
            Reaction.REGISTER_AGAIN,
            "the write index is not of this descriptor: it is another registration's now; given by"
                + " this library: somebody else closed the descriptor, or the process was restored"
                + " from a checkpoint",
            "if it lasts: " + OWN_DESCRIPTORS));
    rows.add(
        new Row(
            call,
            Errno.EINVAL,
            Reaction.COUNT,
            "the index is negative, the payload shorter than the fixed fields, or the file cannot"
                + " be written to",
            "report it as a fault of this library"));
    rows.add(
        new Row(
            call,
            Errno.ENOMEM,
            Reaction.COUNT,
            "no kernel memory to copy the addresses of more than 7 records (iovec_from_user)",
            FREE_MEMORY));
    rows.add(
        new Row(
            call,
            Errno.EACCES,
            Reaction.COUNT,
            "a security module has changed its mind since the file was opened"
                + " (security_file_permission)",
            PERMIT_CALL));
    rows.add(
        new Row(
            call,
            Errno.EPERM,
            Reaction.COUNT,
            "as EACCES, or a seccomp filter was added",
            PERMIT_CALL));
    rows.add(
        new Row(
            call,
            Errno.EIO,
            Reaction.COUNT,
            "given by this library: a short count, which the kernel never answers, or a tracepoint"
                + " of another kind that threw",
            OWN_DESCRIPTORS));
    rows.add(
        new Row(
            call,
            Errno.EAGAIN,
            Reaction.COUNT,
            "not by user_events, which never blocks: the descriptor is another file's now",
            OWN_DESCRIPTORS));
    rows.add(new Row(call, null, Reaction.COUNT, "not by user_events", "see writev(2)"));
  }

  private static void addUnregister(List<Row> rows) {
    Call call = Call.UNREGISTER;
    rows.add(
        new Row(
            call,
            Errno.ENOENT,
            Reaction.HOLD_WORD,
            "the word was not registered by this thread, nor by one that this one descends from",
            "register and close a tracepoint on one thread"));
    rows.add(
        new Row(
            call,
            Errno.EFAULT,
            Reaction.HOLD_WORD,
            "the registration is gone, but its bit could not be cleared; not tried at once, since"
                + " that answers ENOENT (user_event_mm_clear_bit)",
            NONE));
    rows.add(
        new Row(
            call,
            Errno.EINTR,
            Reaction.RETRY_AT_ONCE,
            "a signal; the kernel's locks here do not give way to one",
            NONE));
    rows.add(
        new Row(
            call,
            Errno.EBADF,
            Reaction.LEAVE_DESCRIPTOR,
            "somebody else closed the descriptor",
            OWN_DESCRIPTORS));
    rows.add(
        new Row(
            call,
            Errno.ENOTTY,
            Reaction.LEAVE_DESCRIPTOR,
            "somebody else closed the descriptor, and it is another file's now",
            OWN_DESCRIPTORS));
    rows.add(
        new Row(
            call,
            Errno.EINVAL,
            Reaction.HOLD_WORD,
            "the kernel knows no such structure (user_unreg_get)",
            NEWER_KERNEL));
    rows.add(
        new Row(
            call,
            Errno.EACCES,
            Reaction.HOLD_WORD,
            "a security module refuses it (security_file_ioctl)",
            PERMIT_CALL));
    rows.add(
        new Row(
            call, Errno.EPERM, Reaction.HOLD_WORD, "as EACCES, or a seccomp filter", PERMIT_CALL));
    rows.add(new Row(call, null, Reaction.HOLD_WORD, "not by user_events", SEE_KERNEL));
  }

  private static Row[][] index() {
    Row[][] byCall = new Row[Call.values().length][Errno.COUNT];
    for (Call call : Call.values()) {
      Row[] rows = byCall[call.ordinal()];
      for (Row row : ROWS) {
        if (row.call == call && row.errno == null) {
          Arrays.fill(rows, row);
        }
      }
      for (Row row : ROWS) {
        if (row.call == call && row.errno != null) {
          rows[row.errno.number()] = row;
        }
      }
    }
    return byCall;
  }

  private static Reaction[] reactionsOfWrite() {
    Reaction[] reactions = new Reaction[Errno.COUNT];
    for (int errno = 0; errno < reactions.length; errno++) {
      reactions[errno] = of(Call.WRITE, errno).reaction;
    }
    return reactions;
  }

  /** Zero is no error, so that its place serves all numbers that Linux does not give. */
  private static int index(int errno) {
    return errno > 0 && errno < Errno.COUNT ? errno : 0;
  }
}
