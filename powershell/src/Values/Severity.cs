// Turns a severity that a user gives, by name or by number, into the library's number.
using System;
using System.Collections.Generic;

namespace Vigie
{
    internal static unsafe class Severity
    {
        internal const int Trace = 1;
        internal const int Debug = 5;
        internal const int Info = 9;
        internal const int Warn = 13;
        internal const int Error = 17;
        internal const int Fatal = 21;

        // The six names are known here, which saves a call; the library is asked for every other alias.
        private static readonly Dictionary<string, int> Names = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)
        {
            { "Trace", Trace }, { "Debug", Debug }, { "Info", Info }, { "Warn", Warn }, { "Error", Error }, { "Fatal", Fatal },
        };

        // Accepts a name, an alias or a number from 1 to 24. Anything else gives 0 and the library's error code.
        internal static int Of(object level, out int code)
        {
            object value = HostValue.Unwrap(level);
            code = Native.Ok;
            int known;
            string name = value as string;
            if (name != null && Names.TryGetValue(name, out known))
            {
                return known;
            }
            if (value is int && (int)value >= 1 && (int)value <= 24)
            {
                return (int)value;
            }
            Utf8Buffer text = Utf8Buffer.Of(name ?? (value == null ? string.Empty : HostValue.TextOf(value)));
            fixed (byte* bytes = text.Bytes)
            {
                code = Native.vigie_severity(bytes, text.Size, &known);
            }
            text.Give();
            return code == Native.Ok ? known : 0;
        }
    }
}
