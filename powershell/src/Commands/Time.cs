// Reads the points in time that commands accept, as nanoseconds since 1970.
using System;
using System.Management.Automation;

namespace Vigie
{
    internal static class Time
    {
        private static readonly long Epoch = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

        // Null stands for the present time. A value that is no point in time is reported and gives null too.
        internal static long? Nanoseconds(PSCmdlet cmdlet, object given)
        {
            object value = HostValue.Unwrap(given);
            if (value == null)
            {
                return null;
            }
            if (value is DateTime)
            {
                return (((DateTime)value).ToUniversalTime().Ticks - Epoch) * 100;
            }
            if (value is DateTimeOffset)
            {
                return (((DateTimeOffset)value).UtcTicks - Epoch) * 100;
            }
            if (value is long || value is int)
            {
                return Convert.ToInt64(value);
            }
            Failure.Report(cmdlet, new VigieException("Vigie.InvalidArgument", ErrorCategory.InvalidArgument,
                "time: " + HostValue.TextOf(value) + "; accepted: a DateTime, a DateTimeOffset, or nanoseconds since 1970 as a whole number"));
            return null;
        }
    }
}
