// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An application server loads a pipeline with an application's class loader, and has threads that
 * live on. The loader must be collected after the application has closed the pipeline.
 *
 * <p>The server's loader has JNA and the module {@code linux}: JNA keeps each class with native
 * methods that was registered (a static map of {@code com.sun.jna.Native}, JNA 5.19.1).
 */
@Timeout(300)
class ClassLoaderTest {

  /** The use that the pool's thread makes of the pipeline before it closes it. */
  enum Use {
    PUBLISH {
      @Override
      void with(Application application) throws Exception {
        application.publish(100);
      }
    },
    PUBLISH_TOO_LONG {
      @Override
      void with(Application application) throws Exception {
        application.publish(1_000_000);
      }
    },
    CLAIM {
      @Override
      void with(Application application) throws Exception {
        application.call(application.call("tryClaim", int.class, 100), "commit");
      }
    },
    CLAIM_AND_FORGET {
      @Override
      void with(Application application) throws Exception {
        application.call("tryClaim", int.class, 100);
      }
    },
    WAKE_UP {
      @Override
      void with(Application application) throws Exception {
        application.publish(100);
        application.call("wakeUp");
      }
    },
    CLOSE_ALONE {
      @Override
      void with(Application application) {}
    };

    abstract void with(Application application) throws Exception;
  }

  /** Loads the classes of the pipeline and of Disruptor again, and no others. */
  private static final class ApplicationLoader extends URLClassLoader {
    ApplicationLoader() throws MalformedURLException {
      super(classPath(), ClassLoaderTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("io.userevents.pipeline.") && !name.startsWith("com.lmax.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }

  /** A pipeline of another class loader, and so of other classes. */
  private static final class Application {
    private final URLClassLoader loader;
    private final Object pipeline;

    Application() throws Exception {
      loader = new ApplicationLoader();
      Object tracepoint =
          loader
              .loadClass("io.userevents.tracepoint.LoopbackTracepoint")
              .getConstructor(String.class)
              .newInstance("class_loader_test");
      call(tracepoint, "attach", Consumer.class, (Consumer<byte[]>) ClassLoaderTest::drop);
      Class<?> pipelines = loader.loadClass("io.userevents.pipeline.RecordPipeline");
      Object builder = pipelines.getMethod("builder").invoke(null);
      call(
          builder,
          "setTracepoint",
          loader.loadClass("io.userevents.tracepoint.Tracepoint"),
          tracepoint);
      pipeline = call(builder, "build");
      assertThat(pipeline.getClass().getClassLoader()).isSameAs(loader);
    }

    void publish(int length) throws Exception {
      Object buffer =
          loader
              .loadClass("org.agrona.concurrent.UnsafeBuffer")
              .getConstructor(byte[].class)
              .newInstance((Object) new byte[length]);
      pipeline
          .getClass()
          .getMethod("publish", loader.loadClass("org.agrona.DirectBuffer"), int.class, int.class)
          .invoke(pipeline, buffer, 0, length);
    }

    Object call(String method) throws Exception {
      return call(pipeline, method);
    }

    Object call(String method, Class<?> type, Object argument) throws Exception {
      return call(pipeline, method, type, argument);
    }

    Object call(Object target, String method) throws Exception {
      return target.getClass().getMethod(method).invoke(target);
    }

    private Object call(Object target, String method, Class<?> type, Object argument)
        throws Exception {
      return target.getClass().getMethod(method, type).invoke(target, argument);
    }

    void close() throws Exception {
      call("close");
      loader.close();
    }
  }

  private final ExecutorService pool = Executors.newSingleThreadExecutor();

  /**
   * JNA starts a thread at its first use, which keeps the class loaders of its caller (the JVM's
   * access control context, until JDK 24). That must not be an application's.
   */
  @BeforeAll
  static void useTheServersLibraries() {
    RecordPipeline.builder().setTracepoint(new ScriptedTracepoint()).build().close();
  }

  @AfterEach
  void endPool() {
    pool.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource(Use.class)
  void shouldLetTheClassLoaderBeCollectedWhileThePublishingThreadLivesOn(Use use) throws Exception {
    WeakReference<ClassLoader> loader = pool.submit(() -> useAndClose(use)).get();

    assertCollected(loader);
    assertThat(pool.submit(Thread::currentThread).get().isAlive()).isTrue();
  }

  private static WeakReference<ClassLoader> useAndClose(Use use) throws Exception {
    Application application = new Application();
    use.with(application);
    application.close();
    return new WeakReference<>(application.loader);
  }

  private static void assertCollected(WeakReference<ClassLoader> loader)
      throws InterruptedException {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (loader.get() != null && System.nanoTime() - deadlineNs < 0) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(loader.get()).as("class loader of a closed pipeline").isNull();
  }

  /** A method of this test's own class loader, which stays. */
  private static void drop(byte[] event) {}

  private static URL[] classPath() throws MalformedURLException {
    List<String> paths =
        Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator, -1));
    URL[] urls = new URL[paths.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = Path.of(paths.get(i)).toUri().toURL();
    }
    return urls;
  }
}
