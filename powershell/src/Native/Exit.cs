// What runs when the process ends, so that nothing recorded is lost: process exit and termination signals.
// Not for the native atexit handler, which the library has by itself.
using System;
using System.Collections.Generic;
using System.Reflection;

namespace Vigie
{
    internal static class Exit
    {
        internal const uint DeadlineMs = 2000;
        private static bool installed;
        // A registration that is collected is gone.
        private static readonly List<object> Registrations = new List<object>();

        internal static void Install()
        {
            if (installed)
            {
                return;
            }
            installed = true;
            AppDomain.CurrentDomain.ProcessExit += delegate { Telemetry.Shutdown(DeadlineMs); };
            Signals();
        }

        // The runtime ends the process at once on SIGTERM and the like, without ProcessExit, unless somebody is
        // registered; the default action follows, so the exit code stays what it was. Windows PowerShell has no such type.
        private static void Signals()
        {
            Assembly library = typeof(object).Assembly;
            Type registration = library.GetType("System.Runtime.InteropServices.PosixSignalRegistration")
                ?? Type.GetType("System.Runtime.InteropServices.PosixSignalRegistration, System.Runtime.InteropServices");
            if (registration == null)
            {
                return;
            }
            MethodInfo create = registration.GetMethod("Create");
            ParameterInfo[] parameters = create.GetParameters();
            Type signal = parameters[0].ParameterType;
            Delegate handler = Handler(parameters[1].ParameterType);
            foreach (string name in new[] { "SIGTERM", "SIGHUP", "SIGQUIT" })
            {
                try
                {
                    Registrations.Add(create.Invoke(null, new[] { Enum.Parse(signal, name), handler }));
                }
                catch (TargetInvocationException)
                {
                    // A host may forbid it; the other hooks remain.
                }
            }
        }

        // An Action<object> serves as Action<PosixSignalContext>, whose argument type this assembly cannot name.
        private static Delegate Handler(Type type)
        {
            MethodInfo method = typeof(Exit).GetMethod("OnSignal", BindingFlags.NonPublic | BindingFlags.Static);
            return Delegate.CreateDelegate(type, method);
        }

        private static void OnSignal(object context)
        {
            Telemetry.EndBySignal();
        }
    }
}
