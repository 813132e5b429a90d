// Writes PowerShell values as the JSON text of attributes. Whatever a value does, this neither throws nor runs or grows
// without end. Limits and redaction are the core's, where they are the same for every language.
using System;
using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;

namespace Vigie
{
    internal static class AttributeJson
    {
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
            object value = HostValue.Unwrap(attributes);
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
            // Something that has no members was given as the attributes. The value is kept, under a name of its own.
            walk.Map(new OrderedDictionary { { "attribute", value } });
        }

        // Takes the place of attributes that could not be read.
        private static OrderedDictionary Unreadable(Exception failure)
        {
            return new OrderedDictionary { { "attribute_error", HostValue.MessageOf(failure) } };
        }

        // A script block stands for its result. For a log record it runs only when the level is on, which callers check first.
        internal static object Evaluate(object attributes)
        {
            var block = HostValue.Unwrap(attributes) as ScriptBlock;
            if (block == null)
            {
                return attributes;
            }
            try
            {
                return block.InvokeReturnAsIs();
            }
            catch (RuntimeException failure)
            {
                return Unreadable(failure);
            }
        }
    }
}
