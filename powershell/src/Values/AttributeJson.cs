// PowerShell values as the JSON text of attributes, guarded: no value can throw, loop or grow without end.
// Not for limits, redaction and escaping of the line: the core's reader and writer settle those for every language.
using System;
using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;

namespace Vigie
{
    internal static class AttributeJson
    {
        // .NET Framework's "R" does not always come back as the same number.
        internal static readonly string RoundTrip = Environment.Version.Major >= 5 ? "R" : "G17";

        // Writes `attributes` as one JSON object, or nothing when there are none.
        internal static void Write(Utf8Buffer to, object attributes)
        {
            int start = to.Length;
            try
            {
                Unguarded(to, attributes);
            }
            catch (Exception failure)
            {
                to.Length = start;
                new AttributeWalk(to).Map(Unreadable(failure));
            }
        }

        private static void Unguarded(Utf8Buffer to, object attributes)
        {
            object value = Unwrap(attributes);
            if (value == null)
            {
                return;
            }
            var walk = new AttributeWalk(to);
            IDictionary map = value as IDictionary;
            if (map != null)
            {
                walk.Map(map);
                return;
            }
            PSObject bag = value as PSObject;
            if (bag != null)
            {
                walk.Bag(bag);
                return;
            }
            // A caller's slip must cost neither the record nor the value.
            walk.Map(new OrderedDictionary { { "attribute", value } });
        }

        // What a record carries in place of attributes that could not be had.
        internal static OrderedDictionary Unreadable(Exception failure)
        {
            return new OrderedDictionary { { "attribute_error", ErrorJson.MessageOf(failure) } };
        }

        // The value inside a PSObject; a property bag stays one.
        internal static object Unwrap(object value)
        {
            PSObject wrapped = value as PSObject;
            if (wrapped == null)
            {
                return value;
            }
            if (ReferenceEquals(wrapped, System.Management.Automation.Internal.AutomationNull.Value))
            {
                return null;
            }
            object inside = wrapped.BaseObject;
            return inside is PSCustomObject ? wrapped : inside;
        }

        // A guarded text of any object, by the invariant culture.
        internal static string TextOf(object value)
        {
            try
            {
                IFormattable formattable = value as IFormattable;
                string text = formattable != null ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString();
                return text ?? string.Empty;
            }
            catch (Exception)
            {
                return "[ToString threw]";
            }
        }

        internal static string DateText(DateTime date)
        {
            return date.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        }

        internal static void Number(Utf8Buffer to, double value)
        {
            if (double.IsNaN(value) || double.IsInfinity(value))
            {
                to.Json(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
                return;
            }
            NumberText(to, value.ToString(RoundTrip, CultureInfo.InvariantCulture), value == 0 && 1 / value < 0);
        }

        // A double stays one: digits alone would be read as an integer.
        internal static void NumberText(Utf8Buffer to, string text, bool negativeZero)
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
    }
}
