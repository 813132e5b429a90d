// The process-wide state of the library: first use, initialisation with .NET's own environment, the end.
// Not for recording.
using System;
using System.Collections;

namespace Vigie
{
    internal static unsafe class Telemetry
    {
        // What the core reads besides the variables that carry context; the rest of the environment is none of its business.
        private static readonly string[] Prefixes = { "VIGIE_", "OTEL_" };
        private static readonly object Gate = new object();
        private static volatile bool ready;
        private static bool endedBySignal;
        // The settings in force came from the environment at a first record: a first Initialize-Vigie replaces them.
        private static bool byFirstUse;
        private static string document;

        // The first thing that each recording call does.
        internal static void Ready()
        {
            if (!ready)
            {
                Open();
            }
        }

        private static void Open()
        {
            lock (Gate)
            {
                if (ready)
                {
                    return;
                }
                // A process that survived a signal goes on as it was: its end was prepared in vain.
                if (!endedBySignal)
                {
                    document = ConsoleDefault();
                    byFirstUse = true;
                    Exit.Install();
                }
                endedBySignal = false;
                // A mistake in the environment must not stop a first record: the core falls back to its defaults and says so.
                Initialize(document, false);
                ready = true;
            }
        }

        // Initialises from a configuration document (JSON text or null). Throws the set-up error.
        internal static void Configure(string json, bool force)
        {
            lock (Gate)
            {
                int code = Initialize(json, force || byFirstUse);
                if (code != Native.Ok)
                {
                    throw Failure.Of(code);
                }
                document = json;
                byFirstUse = false;
                Exit.Install();
                ready = true;
            }
        }

        private static int Initialize(string json, bool force)
        {
            Utf8Buffer config = Utf8Buffer.Of(json);
            Utf8Buffer variables = Variables();
            fixed (byte* configBytes = config.Bytes)
            fixed (byte* environment = variables.Bytes)
            {
                int code = Native.ClosedError;
                if (force)
                {
                    code = Native.vigie_reconfigure_with(configBytes, config.Size, environment, variables.Size);
                }
                // After Stop-Vigie there is nothing to replace: it opens anew.
                if (code == Native.ClosedError)
                {
                    code = Native.vigie_init_with(configBytes, config.Size, environment, variables.Size);
                }
                config.Give();
                variables.Give();
                return code;
            }
        }

        // Not under the gate, which a thread that the signal interrupted may hold. What is recorded meanwhile is refused; what comes
        // later opens anew.
        internal static void EndBySignal()
        {
            if (ready)
            {
                Native.vigie_shutdown(Exit.DeadlineMs);
                endedBySignal = true;
                ready = false;
            }
        }

        internal static int Shutdown(uint timeoutMs)
        {
            return ready ? Native.vigie_shutdown(timeoutMs) : Native.Ok;
        }

        internal static int Flush(uint timeoutMs)
        {
            return ready ? Native.vigie_flush(timeoutMs) : Native.Ok;
        }

        // .NET keeps a copy of the environment on Unix: what `$env:X = ...` set is not seen by native code.
        private static Utf8Buffer Variables()
        {
            string[] carriers = Carrier.Variables();
            Utf8Buffer to = Utf8Buffer.Take();
            to.Byte((byte)'{');
            foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            {
                var name = (string)entry.Key;
                if (Concerns(name, carriers))
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

        private static bool Concerns(string name, string[] carriers)
        {
            foreach (string carrier in carriers)
            {
                if (name.Equals(carrier, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
            foreach (string prefix in Prefixes)
            {
                if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
            return false;
        }

        // Lines from a background thread would cut through the line being edited, so a person's console gets
        // them on standard error. Nothing is said where the environment has outputs of its own.
        internal static string ConsoleDefault()
        {
            bool chosen = Environment.GetEnvironmentVariable("VIGIE_OUTPUTS") != null || Environment.GetEnvironmentVariable("VIGIE_CONFIG") != null;
            return !chosen && IsInteractive() ? "{\"outputs\":[{\"to\":\"console\",\"stream\":\"stderr\"}]}" : null;
        }

        internal static object[] InteractiveOutputs()
        {
            return new object[] { new Hashtable { { "to", "console" }, { "stream", "stderr" } } };
        }

        private static bool IsInteractive()
        {
            if (Console.IsOutputRedirected || Console.IsInputRedirected)
            {
                return false;
            }
            foreach (string argument in Environment.GetCommandLineArgs())
            {
                string name = argument.TrimStart('-', '/');
                bool option = name.Length < argument.Length;
                if (option && (Begins("NonInteractive", name, 4) || Begins("Command", name, 1) || Begins("File", name, 1) || Begins("EncodedCommand", name, 1)))
                {
                    return false;
                }
            }
            return true;
        }

        private static bool Begins(string whole, string part, int least)
        {
            return part.Length >= least && whole.StartsWith(part, StringComparison.OrdinalIgnoreCase);
        }
    }
}
