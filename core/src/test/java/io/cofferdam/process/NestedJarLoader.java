package io.cofferdam.process;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.Collections;
import java.util.Enumeration;

/**
 * Loads all classes anew and gives their bytes away as streams only, as the loaders of jars within jars do: there is no file and
 * no class path that another program could be started with.
 */
final class NestedJarLoader extends ClassLoader {

    private final ClassLoader source = NestedJarLoader.class.getClassLoader();

    NestedJarLoader() {
        super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        try (InputStream in = source.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException failure) {
            throw new ClassNotFoundException(name, failure);
        }
    }

    @Override
    protected URL findResource(String name) {
        try (InputStream in = source.getResourceAsStream(name)) {
            return in == null ? null : inMemory(name, in.readAllBytes());
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL url = findResource(name);
        return url == null ? Collections.emptyEnumeration() : Collections.enumeration(Collections.singleton(url));
    }

    private static URL inMemory(String name, byte[] bytes) throws IOException {
        return new URL("nested", "", -1, "/app.jar/!BOOT-INF/lib/core.jar!/" + name, new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) {
                return new URLConnection(url) {
                    @Override
                    public void connect() {}

                    @Override
                    public InputStream getInputStream() {
                        return new ByteArrayInputStream(bytes);
                    }
                };
            }
        });
    }
}
