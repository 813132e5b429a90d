// PowerShell values as the JSON text of attributes, guarded: no value can throw, loop or grow without end.
// Not for limits, redaction and escaping of the line: the core's reader and writer settle those for every language.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;

namespace Vigie
{
    internal static class AttributeJson
    {
        // Above the core's hard bound of depth, so that the core is the one that cuts and counts.
        private const int Deepest = 66;
        // Far above the core's bound of nodes, and a bound for what one record may cost here.
        private const int LargestBytes = 4 * 1024 * 1024;
        private const string Circular = "[circular]";
        private const string Truncated = "[truncated]";
        private const string Threw = "[getter threw]";

        // .NET Framework's "R" does not always come back as the same number.
        private static readonly string RoundTrip = Environment.Version.Major >= 5 ? "R" : "G17";

        // Writes `attributes` as one JSON object, or nothing when there are none.
        internal static void Write(Utf8Buffer to, object attributes)
        {
            object value = Unwrap(attributes);
            if (value == null)
            {
                return;
            }
            var walk = new Walk(to);
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
            to.Ascii("{\"attribute\":");
            walk.Value(value);
            to.Byte((byte)'}');
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

        // One record's values: where they go, and which containers are open.
        private struct Walk
        {
            private readonly Utf8Buffer to;
            private List<object> open;

            internal Walk(Utf8Buffer to)
            {
                this.to = to;
                open = null;
            }

            internal void Value(object value)
            {
                if (value == null)
                {
                    to.Ascii("null");
                    return;
                }
                string text = value as string;
                if (text != null)
                {
                    to.Json(text);
                    return;
                }
                if (!Scalar(value))
                {
                    Other(value);
                }
            }

            private bool Scalar(object value)
            {
                if (value is Enum)
                {
                    to.Json(value.ToString());
                    return true;
                }
                switch (Type.GetTypeCode(value.GetType()))
                {
                    case TypeCode.Boolean: to.Ascii((bool)value ? "true" : "false"); return true;
                    case TypeCode.Int32: Integer(to, (int)value); return true;
                    case TypeCode.Int64: Integer(to, (long)value); return true;
                    case TypeCode.Double: Number(to, (double)value); return true;
                    case TypeCode.Single: Single((float)value); return true;
                    case TypeCode.Byte: Integer(to, (byte)value); return true;
                    case TypeCode.SByte: Integer(to, (sbyte)value); return true;
                    case TypeCode.Int16: Integer(to, (short)value); return true;
                    case TypeCode.UInt16: Integer(to, (ushort)value); return true;
                    case TypeCode.UInt32: Integer(to, (uint)value); return true;
                    case TypeCode.UInt64: to.Ascii(((ulong)value).ToString(CultureInfo.InvariantCulture)); return true;
                    case TypeCode.Decimal: to.Json(((decimal)value).ToString(CultureInfo.InvariantCulture)); return true;
                    case TypeCode.Char: to.Json(((char)value).ToString()); return true;
                    case TypeCode.DateTime: to.Json(DateText((DateTime)value)); return true;
                    case TypeCode.DBNull: to.Ascii("null"); return true;
                    default: return false;
                }
            }

            // The shortest text of a float names another double than its bits widened.
            private void Single(float value)
            {
                if (float.IsNaN(value) || float.IsInfinity(value) || value == 0)
                {
                    Number(to, value);
                    return;
                }
                NumberText(to, value.ToString(RoundTrip == "R" ? "R" : "G9", CultureInfo.InvariantCulture), false);
            }

            private void Other(object wrapped)
            {
                object value = Unwrap(wrapped);
                if (value == null || value is string || !ReferenceEquals(value, wrapped) && !(value is PSObject))
                {
                    Value(value);
                    return;
                }
                IDictionary map = value as IDictionary;
                PSObject bag = value as PSObject;
                byte[] bytes = value as byte[];
                if (bytes != null)
                {
                    to.Json(Convert.ToBase64String(bytes));
                }
                else if (map != null || bag != null)
                {
                    Nested(value, map, bag);
                }
                else if (value is IList || IsSet(value.GetType()))
                {
                    Nested(value, null, null);
                }
                else
                {
                    Special(value);
                }
            }

            private void Special(object value)
            {
                if (value is SwitchParameter)
                {
                    to.Ascii(((SwitchParameter)value).IsPresent ? "true" : "false");
                }
                else if (value is BigInteger)
                {
                    to.Ascii(((BigInteger)value).ToString(CultureInfo.InvariantCulture));
                }
                else if (value is DateTimeOffset)
                {
                    to.Json(DateText(((DateTimeOffset)value).UtcDateTime));
                }
                else if (value is Exception)
                {
                    // Its own text holds the whole stack.
                    to.Json(value.GetType().FullName + ": " + ErrorJson.MessageOf((Exception)value));
                }
                else
                {
                    to.Json(TextOf(value));
                }
            }

            private static bool IsSet(Type type)
            {
                return type.IsGenericType
                    && (type.GetGenericTypeDefinition() == typeof(HashSet<>) || type.GetGenericTypeDefinition() == typeof(SortedSet<>));
            }

            private void Nested(object value, IDictionary map, PSObject bag)
            {
                object identity = bag != null ? bag.BaseObject : value;
                if (open == null)
                {
                    open = new List<object>();
                }
                if (IsOpen(identity))
                {
                    to.Json(Circular);
                    return;
                }
                if (open.Count >= Deepest || to.Length > LargestBytes)
                {
                    to.Json(Truncated);
                    return;
                }
                open.Add(identity);
                if (map != null)
                {
                    Map(map);
                }
                else if (bag != null)
                {
                    Bag(bag);
                }
                else
                {
                    List((IEnumerable)value);
                }
                open.RemoveAt(open.Count - 1);
            }

            private bool IsOpen(object identity)
            {
                foreach (object container in open)
                {
                    if (ReferenceEquals(container, identity))
                    {
                        return true;
                    }
                }
                return false;
            }

            internal void Map(IDictionary map)
            {
                if (open == null && map.Count > 0)
                {
                    open = new List<object>();
                    open.Add(map);
                }
                to.Byte((byte)'{');
                // A hashtable has no order: sorted, the same call makes the same line.
                if (map is Hashtable)
                {
                    Sorted((Hashtable)map);
                }
                else
                {
                    InOrder(map);
                }
                to.Byte((byte)'}');
            }

            private void Sorted(Hashtable map)
            {
                int count = 0;
                string[] keys = new string[map.Count];
                object[] values = new object[map.Count];
                try
                {
                    foreach (DictionaryEntry entry in map)
                    {
                        keys[count] = KeyOf(entry.Key);
                        values[count++] = entry.Value;
                    }
                }
                catch (Exception)
                {
                    // Changed by another thread meanwhile: what was read so far is written.
                }
                Array.Sort(keys, values, 0, count, StringComparer.Ordinal);
                for (int i = 0; i < count && Fits(); i++)
                {
                    Member(i == 0, keys[i], values[i]);
                }
            }

            private void InOrder(IDictionary map)
            {
                int written = 0;
                try
                {
                    foreach (DictionaryEntry entry in map)
                    {
                        if (!Fits())
                        {
                            return;
                        }
                        Member(written++ == 0, KeyOf(entry.Key), entry.Value);
                    }
                }
                catch (Exception)
                {
                    // As above.
                }
            }

            internal void Bag(PSObject bag)
            {
                if (open == null)
                {
                    open = new List<object>();
                    open.Add(bag.BaseObject);
                }
                to.Byte((byte)'{');
                int written = 0;
                foreach (PSPropertyInfo property in bag.Properties)
                {
                    if (!Fits())
                    {
                        break;
                    }
                    Member(written++ == 0, property.Name, Read(property));
                }
                to.Byte((byte)'}');
            }

            private static object Read(PSPropertyInfo property)
            {
                try
                {
                    return property.Value;
                }
                catch (Exception)
                {
                    return Threw;
                }
            }

            private void List(IEnumerable list)
            {
                to.Byte((byte)'[');
                int written = 0;
                try
                {
                    foreach (object item in list)
                    {
                        if (!Fits())
                        {
                            break;
                        }
                        if (written++ > 0)
                        {
                            to.Byte((byte)',');
                        }
                        Value(item);
                    }
                }
                catch (Exception)
                {
                    // As above.
                }
                to.Byte((byte)']');
            }

            private void Member(bool first, string key, object value)
            {
                if (!first)
                {
                    to.Byte((byte)',');
                }
                to.Json(key);
                to.Byte((byte)':');
                Value(value);
            }

            private bool Fits()
            {
                return to.Length <= LargestBytes;
            }

            private static string KeyOf(object key)
            {
                return key as string ?? (key == null ? string.Empty : TextOf(Unwrap(key)));
            }
        }
    }
}
