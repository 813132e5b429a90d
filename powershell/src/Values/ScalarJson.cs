// Writes numbers and dates as JSON text.
using System;
using System.Globalization;

namespace Vigie
{
    internal static class ScalarJson
    {
        // The text that "R" gives in .NET Framework is not always read back as the same number.
        private static readonly string RoundTrip = Environment.Version.Major >= 5 ? "R" : "G17";

        internal static string DateText(DateTime date)
        {
            return date.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        }

        internal static void Double(Utf8Buffer to, double value)
        {
            if (double.IsNaN(value) || double.IsInfinity(value))
            {
                to.Json(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
                return;
            }
            NumberText(to, value.ToString(RoundTrip, CultureInfo.InvariantCulture), value == 0 && 1 / value < 0);
        }

        // Digits alone would be read as an integer, so a double without a fraction gets ".0".
        private static void NumberText(Utf8Buffer to, string text, bool negativeZero)
        {
            if (negativeZero)
            {
                to.Ascii("-0.0");
                return;
            }
            to.Ascii(text);
            if (text.IndexOfAny(new[] { '.', 'E', 'e' }) < 0)
            {
                to.Ascii(".0");
            }
        }

        internal static void Integer(Utf8Buffer to, long value)
        {
            if (value >= 0 && value < 10)
            {
                to.Byte((byte)('0' + value));
                return;
            }
            to.Ascii(value.ToString(CultureInfo.InvariantCulture));
        }

        // Converted to double, a float would show digits that it does not have: 0.1 would become 0.10000000149011612.
        internal static void Single(Utf8Buffer to, float value)
        {
            if (float.IsNaN(value) || float.IsInfinity(value) || value == 0)
            {
                Double(to, value);
                return;
            }
            NumberText(to, value.ToString(RoundTrip == "R" ? "R" : "G9", CultureInfo.InvariantCulture), false);
        }
    }
}
