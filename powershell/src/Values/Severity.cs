// Severity names and numbers as a user gives them, as the library's numbers.
// Not for which severities are written: the library's level decides.
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

        // PowerShell's own words beside the six names; every other alias is asked of the library.
        private static readonly Dictionary<string, int> Names = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)
        {
            { "Trace", Trace }, { "Debug", Debug }, { "Info", Info }, { "Warn", Warn }, { "Error", Error }, { "Fatal", Fatal },
        };

        // A name, an alias or a number from 1 to 24; 0 and the library's error for anything else.
        internal static int Of(object level, out int code)
        {
            object value = AttributeJson.Unwrap(level);
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
            Utf8Buffer text = Utf8Buffer.Of(name ?? (value == null ? string.Empty : AttributeJson.TextOf(value)));
            fixed (byte* bytes = text.Bytes)
            {
                code = Native.vigie_severity(bytes, text.Size, &known);
            }
            text.Give();
            return code == Native.Ok ? known : 0;
        }
    }
}
