// The process-wide state of the library: it is initialised at first use or explicitly, and shut down at the end.
using System;

namespace Vigie
{
    internal static unsafe class Telemetry
    {
        // How long the end of the process may wait for what is not written yet.
        internal const uint ExitDeadlineMs = 2000;
        private static readonly object Gate = new object();
        private static volatile bool ready;
        private static bool endedBySignal;
        // True when a first record initialised from the environment; a first Initialize-Vigie then replaces the settings.
        private static bool byFirstUse;
        private static string document;

        // Every recording call begins with this.
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
                // A process that survived a signal goes on with the settings that it had.
                if (!endedBySignal)
                {
                    document = null;
                    byFirstUse = true;
                    Exit.Install(delegate { Shutdown(ExitDeadlineMs); }, EndBySignal);
                }
                endedBySignal = false;
                // The code is ignored: after a mistake in the environment the core has warned and uses its defaults.
                Initialize(document, false);
                ready = true;
            }
        }

        // Initialises from a configuration document (JSON text or null), or throws the set-up error.
        internal static void Configure(string json, bool force)
        {
            lock (Gate)
            {
                int code = Initialize(json, force || byFirstUse);
                if (code != Native.Ok)
                {
                    throw VigieException.Of(code);
                }
                document = json;
                byFirstUse = false;
                Exit.Install(delegate { Shutdown(ExitDeadlineMs); }, EndBySignal);
                ready = true;
            }
        }

        private static int Initialize(string json, bool force)
        {
            Utf8Buffer config = Utf8Buffer.Of(json);
            HostProcess.TellRuntime();
            Utf8Buffer variables = HostProcess.Variables();
            fixed (byte* configBytes = config.Bytes)
            fixed (byte* environment = variables.Bytes)
            {
                int code = Native.ClosedError;
                if (force)
                {
                    code = Native.vigie_reconfigure_with(configBytes, config.Size, environment, variables.Size);
                }
                // After Stop-Vigie there are no settings to replace, so this initialises anew.
                if (code == Native.ClosedError)
                {
                    code = Native.vigie_init_with(configBytes, config.Size, environment, variables.Size);
                }
                config.Give();
                variables.Give();
                return code;
            }
        }

        // This does not take the gate: a thread that holds it would delay the end of the process. A record made during
        // the shutdown is refused; one made later initialises anew.
        private static void EndBySignal()
        {
            if (ready)
            {
                Native.vigie_shutdown(ExitDeadlineMs);
                endedBySignal = true;
                ready = false;
            }
        }

        internal static int Shutdown(uint timeoutMs)
        {
            return ready ? Native.vigie_shutdown(timeoutMs) : Native.Ok;
        }

        // The level of a logger, or of all with an empty name; severity 0 takes it back.
        internal static int SetLevel(string logger, int severity)
        {
            Ready();
            Utf8Buffer name = Utf8Buffer.Of(logger);
            int code;
            fixed (byte* bytes = name.Bytes)
            {
                code = Native.vigie_set_level(bytes, name.Size, severity);
            }
            name.Give();
            return code;
        }

        internal static int Flush(uint timeoutMs)
        {
            return ready ? Native.vigie_flush(timeoutMs) : Native.Ok;
        }
    }
}
