// What .NET knows of the process and native code does not: its own copy of the environment, and itself.
using System;
using System.Collections;
using System.Management.Automation;
using System.Runtime.InteropServices;

namespace Vigie
{
    internal static unsafe class HostProcess
    {
        // The core reads the variables that begin so, and those that it names. No other ones are handed to it, unless one of
        // these names a file, which may refer to any variable.
        private static readonly string[] Prefixes = { "VIGIE_", "OTEL_" };
        private static readonly string[] Files = { "OTEL_CONFIG_FILE", "OTEL_EXPERIMENTAL_CONFIG_FILE" };

        // Says what runs the program, such as .NET 8.0.11, and which PowerShell.
        internal static void TellRuntime()
        {
            string framework = RuntimeInformation.FrameworkDescription;
            int space = framework.LastIndexOf(' ');
            Utf8Buffer name = Utf8Buffer.Of(space < 0 ? framework : framework.Substring(0, space));
            Utf8Buffer version = Utf8Buffer.Of(framework.Substring(space + 1));
            Utf8Buffer shell = Utf8Buffer.Of("PowerShell " + typeof(PSObject).Assembly.GetName().Version.ToString(2));
            fixed (byte* nameBytes = name.Bytes)
            fixed (byte* versionBytes = version.Bytes)
            fixed (byte* shellBytes = shell.Bytes)
            {
                Native.vigie_use_runtime(nameBytes, name.Size, versionBytes, version.Size, shellBytes, shell.Size);
            }
            name.Give();
            version.Give();
            shell.Give();
        }

        // On Unix .NET keeps its own copy of the environment, so native code does not see what `$env:X = ...` set.
        internal static Utf8Buffer Variables()
        {
            string[] names = Names();
            bool all = Array.Exists(Files, name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));
            Utf8Buffer to = Utf8Buffer.Take();
            to.Byte((byte)'{');
            foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            {
                var name = (string)entry.Key;
                if (all || Concerns(name, names))
                {
                    if (to.Length > 1)
                    {
                        to.Byte((byte)',');
                    }
                    to.Json(name);
                    to.Byte((byte)':');
                    to.Json((string)entry.Value ?? string.Empty);
                }
            }
            to.Byte((byte)'}');
            return to;
        }

        // The variables that are read besides those that begin like ours. Asking for them initialises nothing.
        private static string[] Names()
        {
            int code;
            string json = CopyOut.Text(delegate(byte* buffer, UIntPtr capacity, UIntPtr* length)
            {
                return Native.vigie_environment_names(buffer, capacity, length);
            }, out code);
            // A JSON array of names of variables, which hold nothing that JSON escapes.
            return json.Split(new[] { '[', ']', '"', ',', ' ' }, StringSplitOptions.RemoveEmptyEntries);
        }

        private static bool Concerns(string name, string[] names)
        {
            return Array.Exists(names, known => name.Equals(known, StringComparison.OrdinalIgnoreCase))
                || Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        }
    }
}
