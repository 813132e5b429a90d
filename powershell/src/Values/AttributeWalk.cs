// Walks the values of one record and writes each as JSON; it knows which containers are open.
// Not for numbers and dates: see ScalarJson.cs.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;

namespace Vigie
{
    internal struct AttributeWalk
    {
        // More than the depth that the core allows at most, so that it is the core that cuts and counts.
        private const int Deepest = 66;
        // More than the nodes that the core allows at most, for the same reason. The count begins anew for each attribute,
        // since the core does not count what it masks.
        private const int MostNodes = 65538;
        // More than the longest line that the core writes. It bounds the memory that one record may take here.
        private const int LargestBytes = 64 * 1024 * 1024;
        private const string Circular = "[circular]";
        private const string Truncated = "[truncated]";

        private readonly Utf8Buffer to;
        private List<object> open;
        private int nodes;

        internal AttributeWalk(Utf8Buffer to)
        {
            this.to = to;
            open = null;
            nodes = 0;
        }

        private void Value(object value)
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
                case TypeCode.Int32: ScalarJson.Integer(to, (int)value); return true;
                case TypeCode.Int64: ScalarJson.Integer(to, (long)value); return true;
                case TypeCode.Double: ScalarJson.Double(to, (double)value); return true;
                case TypeCode.Single: ScalarJson.Single(to, (float)value); return true;
                case TypeCode.Byte: ScalarJson.Integer(to, (byte)value); return true;
                case TypeCode.SByte: ScalarJson.Integer(to, (sbyte)value); return true;
                case TypeCode.Int16: ScalarJson.Integer(to, (short)value); return true;
                case TypeCode.UInt16: ScalarJson.Integer(to, (ushort)value); return true;
                case TypeCode.UInt32: ScalarJson.Integer(to, (uint)value); return true;
                case TypeCode.UInt64: to.Ascii(((ulong)value).ToString(CultureInfo.InvariantCulture)); return true;
                case TypeCode.Decimal: to.Json(((decimal)value).ToString(CultureInfo.InvariantCulture)); return true;
                case TypeCode.Char: to.Json(((char)value).ToString()); return true;
                case TypeCode.DateTime: to.Json(ScalarJson.DateText((DateTime)value)); return true;
                case TypeCode.DBNull: to.Ascii("null"); return true;
                default: return false;
            }
        }

        private void Other(object wrapped)
        {
            object value = HostValue.Unwrap(wrapped);
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
                to.Json(ScalarJson.DateText(((DateTimeOffset)value).UtcDateTime));
            }
            else if (value is Exception)
            {
                // ToString would give the whole stack.
                to.Json(value.GetType().FullName + ": " + HostValue.MessageOf((Exception)value));
            }
            else
            {
                to.Json(HostValue.TextOf(value));
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
            if (nodes > MostNodes)
            {
                // The core refuses any container here, marks the place and counts, so an empty one is enough.
                to.Ascii("[]");
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
            if (open == null)
            {
                open = new List<object>();
                open.Add(map);
            }
            to.Byte((byte)'{');
            // A hashtable has no order. Its keys are sorted, so that the same call always makes the same line.
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
                    keys[count] = Members.NameOf(entry.Key);
                    values[count++] = entry.Value;
                }
            }
            catch (Exception)
            {
                // Another thread has changed the table meanwhile. What was read so far is written.
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
                    Member(written++ == 0, Members.NameOf(entry.Key), entry.Value);
                }
            }
            catch (Exception)
            {
                // What was read before the enumeration failed is written.
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
            try
            {
                foreach (PSPropertyInfo property in bag.Properties)
                {
                    if (!Fits())
                    {
                        break;
                    }
                    Member(written++ == 0, property.Name, Members.ValueOf(property));
                }
            }
            catch (Exception)
            {
                // What was read before the enumeration failed is written.
            }
            to.Byte((byte)'}');
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
                    nodes++;
                    Value(item);
                }
            }
            catch (Exception)
            {
                // What was read before the enumeration failed is written.
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
            if (open.Count == 1)
            {
                nodes = 0;
            }
            nodes++;
            Value(value);
        }

        // Whether there is room for one more. The attributes themselves always fit: the core counts and refuses those.
        private bool Fits()
        {
            return open.Count == 1 || nodes <= MostNodes && to.Length <= LargestBytes;
        }
    }
}
