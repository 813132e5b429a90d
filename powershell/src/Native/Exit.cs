// Calls back when the process ends, by exit or by a signal, so that nothing recorded is lost.
using System;
using System.Collections.Generic;
using System.Reflection;

namespace Vigie
{
    internal static class Exit
    {
        private static bool installed;
        private static Action onSignal;
        // Keeps the registrations alive: the runtime removes one that is garbage collected.
        private static readonly List<object> Registrations = new List<object>();

        // Only the first call installs something.
        internal static void Install(Action atExit, Action atSignal)
        {
            if (installed)
            {
                return;
            }
            installed = true;
            onSignal = atSignal;
            AppDomain.CurrentDomain.ProcessExit += delegate { atExit(); };
            Signals();
        }

        // Without a registration the runtime ends the process on such a signal at once, before ProcessExit. The default
        // action follows the handler, so the exit code does not change. Windows PowerShell does not have the type.
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
                    // A host may forbid a registration; the other ones still work.
                }
            }
        }

        // The handler has to be an Action<PosixSignalContext>, a type that netstandard2.0 does not have. A method that
        // takes an object fits it too.
        private static Delegate Handler(Type type)
        {
            MethodInfo method = typeof(Exit).GetMethod("OnSignal", BindingFlags.NonPublic | BindingFlags.Static);
            return Delegate.CreateDelegate(type, method);
        }

        private static void OnSignal(object context)
        {
            onSignal();
        }
    }
}
