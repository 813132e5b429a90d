// Finds the native library, loads it and checks that it speaks this interface.
// Not for initialising telemetry: see Telemetry.cs.
using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Vigie
{
    /// <summary>Loads the native library once per process; the module's script calls it at import.</summary>
    public static class Library
    {
        private const string BuildCommand = "cargo xtask setup";
        private static readonly object Gate = new object();
        private static bool loaded;
        private static IntPtr handle;

        /// <summary>Loads the library for the module in a folder, or throws one sentence that names the cure.</summary>
        public static void Load(string moduleFolder)
        {
            lock (Gate)
            {
                if (loaded)
                {
                    return;
                }
                var tried = new List<string>();
                string path = Find(moduleFolder, tried);
                if (path == null)
                {
                    throw new DllNotFoundException("Vigie: the native library is missing; looked for " + string.Join(", ", tried.ToArray())
                        + "; build it with: " + BuildCommand);
                }
                Open(path);
                uint version = Native.vigie_abi_version();
                if (version != Native.AbiVersion)
                {
                    throw new NotSupportedException("Vigie: " + path + " speaks version " + version + " of the C interface, this module version "
                        + Native.AbiVersion + "; install module and library of one release, or build both with: " + BuildCommand);
                }
                loaded = true;
            }
        }

        private static string Find(string moduleFolder, List<string> tried)
        {
            string named = Environment.GetEnvironmentVariable("VIGIE_NATIVE_LIB");
            string file = FileName();
            var candidates = new List<string>();
            if (!string.IsNullOrEmpty(named))
            {
                // Whoever names a library wants that one: there is no fallback to another.
                candidates.Add(Path.GetFullPath(named));
            }
            else
            {
                candidates.Add(Path.Combine(moduleFolder, "runtimes", Rid(), "native", file));
                candidates.Add(Path.GetFullPath(Path.Combine(moduleFolder, "..", "..", "target", "release", file)));
            }
            foreach (string candidate in candidates)
            {
                if (File.Exists(candidate))
                {
                    return candidate;
                }
                tried.Add(candidate);
            }
            return null;
        }

        private static string FileName()
        {
            return IsWindows() ? "vigie.dll" : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "libvigie.dylib" : "libvigie.so";
        }

        private static string Rid()
        {
            string cpu = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
            if (IsWindows())
            {
                return "win-" + cpu;
            }
            if (RuntimeInformation.IsOSPlatform(OSPlatform.OSX))
            {
                return "osx-" + cpu;
            }
            // The runtime knows which C library it was built for; a system may have both.
            string runtime = AppContext.GetData("RUNTIME_IDENTIFIER") as string ?? "";
            return (runtime.Contains("musl") || runtime.StartsWith("alpine", StringComparison.Ordinal) ? "linux-musl-" : "linux-") + cpu;
        }

        private static bool IsWindows()
        {
            return RuntimeInformation.IsOSPlatform(OSPlatform.Windows);
        }

        // The imports name the library without a path. .NET asks a resolver for it. Windows PowerShell has no resolvers,
        // but there a library that is loaded already is found by its plain name.
        private static void Open(string path)
        {
            Type library = typeof(Marshal).Assembly.GetType("System.Runtime.InteropServices.NativeLibrary");
            if (library == null)
            {
                if (LoadLibraryW(path) == IntPtr.Zero)
                {
                    throw new DllNotFoundException("Vigie: " + path + " cannot be loaded (Windows error " + Marshal.GetLastWin32Error() + ")");
                }
                return;
            }
            MethodInfo load = library.GetMethod("Load", new[] { typeof(string) });
            try
            {
                handle = (IntPtr)load.Invoke(null, new object[] { path });
            }
            catch (TargetInvocationException failure)
            {
                throw new DllNotFoundException("Vigie: " + path + " cannot be loaded: " + LastLine(failure.InnerException.Message));
            }
            MethodInfo set = library.GetMethod("SetDllImportResolver");
            MethodInfo resolve = typeof(Library).GetMethod("Resolve", BindingFlags.NonPublic | BindingFlags.Static);
            Delegate resolver = Delegate.CreateDelegate(set.GetParameters()[1].ParameterType, resolve);
            set.Invoke(null, new object[] { typeof(Library).Assembly, resolver });
        }

        // The message begins with the runtime's general advice; the loader's reason is in its last line.
        private static string LastLine(string message)
        {
            string[] lines = message.Trim().Split('\n');
            return lines[lines.Length - 1].Trim();
        }

        private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? search)
        {
            return name == Native.Name ? handle : IntPtr.Zero;
        }

        [DllImport("kernel32", CharSet = CharSet.Unicode, SetLastError = true)]
        private static extern IntPtr LoadLibraryW(string path);
    }
}
